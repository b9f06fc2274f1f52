import { expect } from 'vitest';
import type { RegisterTest } from './harness.ts';
import { commitTo, heartbeat, NOW, sorted, systemHeardAt, transition, whole } from './samples.ts';

/** Ids that look like names of ours, of the language or of a store, and the longest there are. */
const HOSTILE_IDS: readonly string[] = [
  'partition',
  'position',
  'systems',
  'outbox',
  'late',
  '0',
  '3',
  '-1',
  '1e3',
  '0/1',
  '7/partition',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'true',
  '00:1a:2b:3c:4d:5e',
  'urn:earshot:{0}:pump',
  '{0}',
  '*',
  '%',
  '_',
  '?',
  `'; DROP TABLE partition; --`,
  '"quoted"',
  '`ticks`',
  'back\\slash',
  'a b',
  'É',
  'E\u0301',
  '\u{1F4A5}',
  '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}',
  '\uFFFF',
  '\uFEFFmark',
  'Pump',
  'pump',
  '\u{10FFFF}'.repeat(255),
  'x'.repeat(255),
  // No contract lets these through; they must not break anything either.
  'nul\u0000inside',
  'nul\u0000',
  'nul',
  'line\nbreak',
];

export const hostileIdTests = (test: RegisterTest): void => {
  test('P1 ids, fleets and credentials of any kind are stored, changed, read, found late and removed', async (storage) => {
    const store = await storage.open();
    const rows = HOSTILE_IDS.map((id, index) => systemHeardAt(id, index, { fleet: id, credential: id, openAt: 0 }));
    const publications = HOSTILE_IDS.map((id) => transition(1, id));
    await store.commit(commitTo(null, 1, { owner: '__proto__', systems: rows.map(whole), publications }));
    const loaded = await store.load(0);
    expect(sorted(loaded?.systems ?? [])).toEqual(sorted(rows));
    expect(loaded?.outbox).toEqual(publications);
    expect(sorted(await store.readSystems(0, HOSTILE_IDS))).toEqual(sorted(rows));
    expect((await store.readLate(0)).map(({ systemId }) => systemId)).toEqual(HOSTILE_IDS);
    for (const row of rows) expect(await store.readSystems(0, [row.systemId])).toEqual([row]);

    const beaten = rows.map((row, index) => ({ ...row, since: NOW + index, lastSeen: NOW + index }));
    await store.commit(commitTo(1, 2, { systems: beaten.map(heartbeat) }));
    expect(sorted((await store.load(0))?.systems ?? [])).toEqual(sorted(beaten));

    const [gone, kept] = [
      HOSTILE_IDS.filter((_, index) => index % 2 === 0),
      beaten.filter((_, index) => index % 2 === 1),
    ];
    await store.commit(commitTo(2, 3, { removed: gone }));
    expect(sorted((await store.load(0))?.systems ?? [])).toEqual(sorted(kept));
  });
};

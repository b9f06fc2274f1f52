import fc from 'fast-check';
import { fleetKey, systemKey } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { createMemoryRegistryView, type MemoryRegistryView } from './memory-registry-view.ts';
import { verifyCredential } from './secrets.ts';
import { credentialEntry, fleetEntry, NOW, recordOf, systemEntry, tombstone } from './testing/entries.ts';

const viewOf = (...records: readonly ReturnType<typeof recordOf>[]): MemoryRegistryView => {
  const view = createMemoryRegistryView();
  view.apply(records);
  return view;
};

const HOSTILE = [
  '__proto__',
  'constructor',
  'toString',
  'partition',
  '0/1',
  '3',
  'system/x',
  'fleet/lifts',
  'token/abc',
  'log',
  '00:1a:2b:3c',
  'urn:a:b',
  '🚀'.repeat(255),
];

describe('createMemoryRegistryView', () => {
  it('knows nobody at first', () => {
    const view = createMemoryRegistryView();
    expect([view.owner('a'), view.system('a'), view.fleet('a'), view.logId()]).toEqual([null, null, null, null]);
  });

  it('H39 gives the settings of a system with the position they stand at', () => {
    const view = viewOf(
      recordOf(3, systemEntry('a', { ttl_ms: 2_592_000_000 })),
      recordOf(7, systemEntry('a', { ttl_ms: 15_000, fleet: 'doors', retired: true })),
      recordOf(8, systemEntry('b')),
    );
    expect(view.system('a')).toEqual({
      systemId: 'a',
      fleet: 'doors',
      ttlMs: 15_000,
      revision: 7,
      retired: true,
      hasOwnCredentials: false,
    });
    expect(view.system('b')).toMatchObject({ ttlMs: 1_500_000, revision: 8, retired: false });
  });

  it('H39 a record older than what is known of its key changes nothing', () => {
    const view = viewOf(
      recordOf(7, systemEntry('a', { retired: true })),
      recordOf(3, systemEntry('a')),
      tombstone(4, systemKey('a')),
      recordOf(9, fleetEntry('lifts', { ttl_ms: 60_000 })),
      recordOf(2, fleetEntry('lifts')),
      tombstone(8, fleetKey('lifts')),
    );
    expect(view.system('a')).toMatchObject({ revision: 7, retired: true });
    expect(view.fleet('lifts')).toMatchObject({ revision: 9, ttlMs: 60_000 });
  });

  it('H42 counts the systems of a fleet that are not retired, whatever order the records come in', () => {
    const view = viewOf(
      recordOf(0, systemEntry('a')),
      recordOf(1, systemEntry('b')),
      recordOf(2, systemEntry('c')),
      recordOf(3, fleetEntry('lifts', { max_systems: 3 })),
      recordOf(4, fleetEntry('doors')),
      recordOf(5, systemEntry('b', { fleet: 'doors' })),
      recordOf(6, systemEntry('c', { retired: true })),
      recordOf(7, systemEntry('a')),
    );
    expect(view.fleet('lifts')).toMatchObject({ systems: 1, systemsMax: 3 });
    expect(view.fleet('doors')).toMatchObject({ systems: 1 });
    view.apply([tombstone(8, systemKey('a')), tombstone(9, systemKey('c')), recordOf(10, systemEntry('c'))]);
    expect(view.fleet('lifts')).toMatchObject({ systems: 1 });
  });

  it('keeps the systems of a fleet that is removed and counts them when it comes back', () => {
    const view = viewOf(recordOf(0, fleetEntry('lifts')), recordOf(1, systemEntry('a')));
    view.apply([tombstone(2, fleetKey('lifts'))]);
    expect(view.fleet('lifts')).toBeNull();
    expect(view.system('a')).toMatchObject({ fleet: 'lifts' });
    view.apply([recordOf(3, fleetEntry('lifts'))]);
    expect(view.fleet('lifts')).toMatchObject({ systems: 1, revision: 3 });
  });

  it('H24 a revoked credential is gone with the record that revokes it', () => {
    const view = viewOf(
      recordOf(0, systemEntry('a', { credentials: [credentialEntry('one'), credentialEntry('two')] })),
    );
    const verify = (secret: string): string | null => verifyCredential(view.owner('a')?.credentials ?? [], secret);
    expect([verify('secret-of-one'), verify('secret-of-two')]).toEqual(['one', 'two']);
    view.apply([recordOf(1, systemEntry('a', { credentials: [credentialEntry('two')] }))]);
    expect([verify('secret-of-one'), verify('secret-of-two')]).toEqual([null, 'two']);
    view.apply([recordOf(2, systemEntry('a'))]);
    expect(view.owner('a')).toBeNull();
    expect(view.system('a')).toMatchObject({ hasOwnCredentials: false });
  });

  it('gives credentials as they were stored, salt included', () => {
    const credentials = [{ ...credentialEntry('one'), salt: 'sël🧂t' }, credentialEntry('zwö')];
    const view = viewOf(
      recordOf(0, systemEntry('a', { credentials })),
      recordOf(1, fleetEntry('lifts', { credentials })),
    );
    const expected = credentials.map(({ id, salt, sha256 }) => ({
      id,
      salt: salt ?? '',
      sha256: Buffer.from(sha256, 'hex'),
    }));
    expect(view.owner('a')?.credentials).toEqual(expected);
    expect(view.owner('lifts')?.credentials).toEqual(expected);
  });

  it.each(HOSTILE)('H43 %s is an id like any other', (id) => {
    const credentials = [credentialEntry('one')];
    const view = viewOf(
      recordOf(0, systemEntry(id, { fleet: id, credentials })),
      recordOf(1, systemEntry('other', { fleet: id })),
      recordOf(2, fleetEntry(id)),
    );
    expect(view.system(id)).toMatchObject({ systemId: id, fleet: id, hasOwnCredentials: true });
    expect(view.owner(id)).toMatchObject({ kind: 'system', system: { systemId: id } });
    expect(view.fleet(id)).toMatchObject({ name: id, systems: 2 });
    view.apply([tombstone(3, systemKey(id))]);
    expect([view.system(id), view.owner(id), view.fleet(id)?.systems]).toEqual([null, null, 1]);
  });

  it.each(HOSTILE)('H43 nobody is called %s until somebody is', (id) => {
    const view = viewOf(recordOf(0, systemEntry('a')), recordOf(1, fleetEntry('lifts')));
    expect([view.system(id), view.owner(id), view.fleet(id)]).toEqual([null, null, null]);
  });

  it.each([
    ['the system', 0, 1],
    ['the fleet', 1, 0],
  ])('gives a username claimed twice to %s when its record stands first', (_who, system, fleet) => {
    const credentials = [credentialEntry('one')];
    const records = [
      recordOf(system, systemEntry('x', { credentials })),
      recordOf(fleet, fleetEntry('x', { credentials })),
    ];
    const first = system < fleet ? 'system' : 'fleet';
    for (const order of [records, records.toReversed()]) {
      const view = viewOf(...order);
      expect(view.owner('x')?.kind).toBe(first);
      view.apply([tombstone(2, `${first}/x`)]);
      expect(view.owner('x')?.kind).toBe(first === 'system' ? 'fleet' : 'system');
    }
  });

  it('lets only those with a credential claim a username', () => {
    const view = viewOf(
      recordOf(0, systemEntry('x')),
      recordOf(1, fleetEntry('x', { credentials: [credentialEntry('one')] })),
    );
    expect(view.owner('x')?.kind).toBe('fleet');
  });

  it.each([
    ['not_json', 'system/a', '{'],
    ['schema', 'system/a', '{"type":"system"}'],
    ['schema', 'system/a', JSON.stringify(systemEntry('b'))],
    ['schema', 'system/a', JSON.stringify(fleetEntry('a'))],
    ['schema', 'fleet/a', JSON.stringify(systemEntry('a'))],
    ['schema', 'fleet/a', JSON.stringify(fleetEntry('b'))],
    ['schema', 'log', JSON.stringify(fleetEntry('b'))],
    ['unknown_type', 'other/a', '{}'],
    ['unknown_type', '', null],
    ['no_key', null, '{}'],
  ] as const)('H23 counts as %s and skips what stands under %s as %s', (reason, key, value) => {
    const told: unknown[] = [];
    const view = createMemoryRegistryView({ onUnreadable: (why, { position }) => told.push([why, position]) });
    view.apply([
      recordOf(0, systemEntry('a')),
      recordOf(1, fleetEntry('a')),
      { position: 2, appendedAt: NOW, key: 'log', value: '{"type":"log","id":"abc"}' },
      { position: 3, appendedAt: NOW, key, value },
      recordOf(4, systemEntry('c')),
    ]);
    expect(view.unreadable()).toEqual({ not_json: 0, unknown_type: 0, schema: 0, no_key: 0, [reason]: 1 });
    expect(told).toEqual([[reason, 3]]);
    expect([view.system('a')?.revision, view.fleet('a')?.revision, view.logId()]).toEqual([0, 1, 'abc']);
    expect(view.system('c')).not.toBeNull();
  });

  it('takes tokens as somebody else’s business', () => {
    const view = createMemoryRegistryView();
    view.apply([{ position: 0, appendedAt: NOW, key: 'token/abc', value: 'anything' }]);
    expect(view.unreadable()).toEqual({ not_json: 0, unknown_type: 0, schema: 0, no_key: 0 });
  });

  it('forgets the log id with its tombstone', () => {
    const view = createMemoryRegistryView();
    view.apply([{ position: 0, appendedAt: NOW, key: 'log', value: '{"type":"log","id":"abc"}' }]);
    expect(view.logId()).toBe('abc');
    view.apply([tombstone(1, 'log')]);
    expect(view.logId()).toBeNull();
  });

  it('says after any history the same as the newest records alone, also beyond its first rows', () => {
    const names = ['a', 'b', 'c', 'd'];
    const record = fc.record({
      name: fc.constantFrom(...names),
      fleet: fc.constantFrom(...names),
      kind: fc.constantFrom('system', 'fleet'),
      isTombstone: fc.boolean(),
      retired: fc.boolean(),
      secrets: fc.integer({ min: 0, max: 3 }),
    });
    const history = fc.array(record, { maxLength: 60 });
    const recordsOf = (steps: readonly (typeof record extends fc.Arbitrary<infer T> ? T : never)[]) =>
      steps.map(({ name, fleet, kind, isTombstone, retired, secrets }, position) => {
        const credentials = Array.from({ length: secrets }, (_, index) => credentialEntry(`${position}-${index}`));
        if (isTombstone) return tombstone(position, `${kind}/${name}`);
        return recordOf(
          position,
          kind === 'system' ? systemEntry(name, { fleet, retired, credentials }) : fleetEntry(name, { credentials }),
        );
      });
    fc.assert(
      fc.property(history, (steps) => {
        const records = recordsOf(steps);
        const newest = [...new Map(records.map((one) => [one.key, one])).values()];
        const [lived, compacted] = [viewOf(...records), viewOf(...newest)];
        for (const name of names) {
          expect(lived.system(name)).toEqual(compacted.system(name));
          expect(lived.fleet(name)).toEqual(compacted.fleet(name));
          expect(lived.owner(name)).toEqual(compacted.owner(name));
        }
      }),
    );
  });

  it('grows beyond its first rows and uses them again', () => {
    const view = createMemoryRegistryView();
    const ids = Array.from({ length: 5_000 }, (_, index) => `system-${index}`);
    view.apply(ids.map((id, position) => recordOf(position, systemEntry(id, { ttl_ms: 15_000 + position }))));
    view.apply(ids.filter((_, index) => index % 2 === 0).map((id, index) => tombstone(5_000 + index, systemKey(id))));
    view.apply(ids.map((id, index) => recordOf(10_000 + index, systemEntry(`new-${id}`, { ttl_ms: 99_000 }))));
    view.apply([recordOf(20_000, fleetEntry('lifts'))]);
    expect(view.fleet('lifts')?.systems).toBe(7_500);
    for (const [index, id] of ids.entries()) {
      expect(view.system(id)?.ttlMs).toBe(index % 2 === 0 ? undefined : 15_000 + index);
      expect(view.system(`new-${id}`)?.ttlMs).toBe(99_000);
    }
  });
});

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitTo, heartbeat, idsOf, NOW, OPEN_SINCE, stateAt, systemHeardAt, whole } from '../conformance/samples.ts';
import { COMMIT_SYSTEMS_MAX, isHeld, isLate, type LivenessStore, READ_SYSTEMS_MAX } from '../port/index.ts';
import { openSqliteLivenessStore } from './index.ts';

let folder: string;
let path: string;
let store: LivenessStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-projection-'));
  path = join(folder, 'projection.db');
  store = await openSqliteLivenessStore({ path });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const logBytes = (): number => statSync(`${path}-wal`).size;
const ids = idsOf(COMMIT_SYSTEMS_MAX);

describe('origin', () => {
  it('H38 a projection made from another log is refused with a code, and not touched', async () => {
    await store.close();
    store = await openSqliteLivenessStore({ path, logId: 'ours' });
    await store.commit(commitTo(null, 0, { systems: ids.slice(0, 3).map((id) => whole(systemHeardAt(id))) }));
    await store.close();
    await expect(openSqliteLivenessStore({ path, logId: 'theirs' })).rejects.toMatchObject({
      code: 'EARSHOT_STORE_OTHER_LOG',
    });
    store = await openSqliteLivenessStore({ path, logId: 'ours' });
    expect((await store.load(0))?.systems).toHaveLength(3);
  });
});

describe('cost', () => {
  it('P4 heartbeats of neighbours share pages: 500 of them write under 200 B each', async () => {
    await store.commit(commitTo(null, 0, { systems: ids.map((id, index) => whole(systemHeardAt(id, NOW + index))) }));
    const before = logBytes();
    const beaten = ids.slice(0, 500).map((id, index) => heartbeat(systemHeardAt(id, NOW + 600_000 + index)));
    await store.commit(commitTo(0, 1, { systems: beaten }));
    expect(logBytes() - before).toBeGreaterThan(0);
    expect(logBytes() - before).toBeLessThan(500 * 200);
  });

  it('P4 a system takes at most 200 B on disk, with an id of 36 characters and a credential of its own', async () => {
    const count = 20_000;
    for (let part = 0; part * COMMIT_SYSTEMS_MAX < count; part += 1) {
      const systems = ids.map((_, index) => {
        const unlike = (Math.imul(part * COMMIT_SYSTEMS_MAX + index + 1, 0x9e3779b1) >>> 0)
          .toString(16)
          .padStart(8, '0');
        const id = `${unlike}-0000-4000-8000-${unlike}0000`;
        expect(id).toHaveLength(36);
        return whole(systemHeardAt(id, NOW + index, { credential: unlike }));
      });
      await store.commit(commitTo(part === 0 ? null : part, part + 1, { systems }));
    }
    await store.close();
    expect(statSync(path).size / count).toBeLessThan(200);
  });

  it('the event loop turns while a commit, a load and a rewrite are under way', async () => {
    const systems = ids.map((id) => whole(systemHeardAt(id)));
    const turnsDuring = async (call: Promise<unknown>): Promise<number> => {
      let turns = 0;
      let isOver = false;
      const over = call.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        await nextTurn();
        turns += 1;
      }
      await over;
      return turns;
    };
    expect(await turnsDuring(store.commit(commitTo(null, 1, { systems })))).toBeGreaterThanOrEqual(9);
    expect(await turnsDuring(store.load(0))).toBeGreaterThanOrEqual(9);
    const { expected: _, ...content } = commitTo(null, 2, { systems });
    expect(await turnsDuring(store.rewrite({ ...content, first: true, last: true }))).toBeGreaterThanOrEqual(9);
  });
});

/** Open time beyond that of one stretch, so that some are held that are not late. */
const EXTRA_OPEN_MS = 36_500;

describe('late and held', () => {
  it.each([99, 100, 101, 1_500])('V5 are the same with %i distinct ttls, walked or passed over', async (ttls) => {
    const rows = Array.from({ length: ttls }, (_, index) => {
      const ttlMs = 15_000 + index;
      // Some are at the very millisecond at which the accumulated rule begins.
      const silentMs = index % 10 === 0 ? 3 * ttlMs - EXTRA_OPEN_MS : 11_000 + ((index * 7_919) % 9_000);
      return systemHeardAt(`system-${index}`, NOW - silentMs, { ttlMs });
    });
    for (const hold of ['none', 'on'] as const) {
      const state = stateAt(1, { hold, openSince: NOW - 12_000, open: NOW - OPEN_SINCE + EXTRA_OPEN_MS });
      const { expected: _, ...content } = commitTo(null, 1, { systems: rows.map(whole), state });
      await store.rewrite({ ...content, first: true, last: true });
      const late = rows.filter((row) => isLate(row, state));
      const held = rows.filter((row) => isHeld(row, state));
      expect(late.length).toBeGreaterThan(0);
      expect(held.length > 0).toBe(hold === 'on');
      expect(await store.readPartitions()).toMatchObject([{ late: late.length, held: held.length }]);
      const expected = rows
        .filter((row) => isLate(row, state) || isHeld(row, state))
        .toSorted((one, other) => one.since - other.since)
        .slice(0, READ_SYSTEMS_MAX);
      const named = await store.readLate(0);
      const since = new Map(rows.map((row) => [row.systemId, row.since]));
      expect(named.map(({ systemId }) => since.get(systemId))).toEqual(expected.map((row) => row.since));
      const byId = new Map(rows.map((row) => [row.systemId, row]));
      for (const { systemId, late: isNamedLate, held: isNamedHeld } of named) {
        expect(isNamedLate).toBe(isLate(byId.get(systemId)!, state));
        expect(isNamedHeld).toBe(isHeld(byId.get(systemId)!, state));
      }
    }
  });
});

describe('pages', () => {
  it('scanSystems answers exactly the limit until the last page, each system once', async () => {
    await store.commit(commitTo(null, 1, { systems: ids.slice(0, 1_000).map((id) => whole(systemHeardAt(id))) }));
    const sizes: number[] = [];
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await store.scanSystems(0, cursor, 300);
      sizes.push(page.rows.length);
      seen.push(...page.rows.map((row) => row.systemId));
      cursor = page.cursor;
    } while (cursor !== null);
    expect(sizes).toEqual([300, 300, 300, 100]);
    expect(new Set(seen).size).toBe(1_000);
  });
});

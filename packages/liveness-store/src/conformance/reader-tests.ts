import type { SystemRow } from '@earshot/contracts';
import { expect } from 'vitest';
import { type LivenessStore, READ_SYSTEMS_MAX } from '../port/index.ts';
import type { RegisterTest } from './harness.ts';
import { commitTo, heartbeat, idsOf, NOW, sorted, stateAt, systemHeardAt, whole } from './samples.ts';

/** A whole pass. `between` runs after each page. */
const scanAll = async (store: LivenessStore, limit: number, between = async () => undefined as unknown) => {
  const rows: SystemRow[] = [];
  let cursor: string | null = null;
  do {
    const page = await store.scanSystems(0, cursor, limit);
    rows.push(...page.rows);
    cursor = page.cursor;
    await between();
  } while (cursor !== null);
  return rows;
};

const distinct = (rows: readonly SystemRow[]) => [...new Map(rows.map((row) => [row.systemId, row])).values()];

export const readerTests = (test: RegisterTest): void => {
  test('readPartitions shows every stored partition in order, with its owner and what it saw', async (storage) => {
    const store = await storage.open();
    for (const partition of [10, 2, 0]) {
      const members = {
        partition,
        owner: `owner of ${partition}`,
        endSeen: 99 + partition,
        committedAt: NOW + partition,
      };
      await store.commit(commitTo(null, partition, members));
    }
    const view = (partition: number) => ({
      partition,
      state: stateAt(partition),
      owner: `owner of ${partition}`,
      endSeen: 99 + partition,
      committedAt: NOW + partition,
      late: 0,
      held: 0,
    });
    expect(await store.readPartitions()).toEqual([view(0), view(2), view(10)]);
  });

  test('readSystems gives the rows that are known, each once, and is silent about the rest', async (storage) => {
    const store = await storage.open();
    const rows = idsOf(10).map((id) => systemHeardAt(id));
    await store.commit(commitTo(null, 1, { systems: rows.map(whole) }));
    const found = await store.readSystems(0, ['system-7', 'unknown', 'system-2', 'system-7', '']);
    expect(sorted(found)).toEqual([rows[2], rows[7]]);
    expect(await store.readSystems(0, [])).toEqual([]);
    expect(await store.readSystems(1, ['system-7'])).toEqual([]);
  });

  test('readSystems reads what the last commit made', async (storage) => {
    const store = await storage.open();
    await store.commit(commitTo(null, 1, { systems: [whole(systemHeardAt('pump'))] }));
    const newer = systemHeardAt('pump', NOW + 600_000);
    await store.commit(commitTo(1, 2, { systems: [heartbeat(newer)] }));
    expect(await store.readSystems(0, ['pump'])).toEqual([newer]);
  });

  test('readSystems takes as many ids as it may, and not one more', async (storage) => {
    const store = await storage.open();
    const ids = idsOf(READ_SYSTEMS_MAX + 1);
    await store.commit(commitTo(null, 1, { systems: ids.map((id) => whole(systemHeardAt(id))) }));
    expect(await store.readSystems(0, ids.slice(1))).toHaveLength(READ_SYSTEMS_MAX);
    await expect(store.readSystems(0, ids)).rejects.toThrow(RangeError);
  });

  test('scanSystems comes by every system, whatever the size of its pages', async (storage) => {
    const store = await storage.open();
    const rows = idsOf(1_203).map((id) => systemHeardAt(id));
    await store.commit(commitTo(null, 1, { systems: rows.map(whole) }));
    for (const limit of [1_203 / 3, 100, READ_SYSTEMS_MAX]) {
      expect(sorted(distinct(await scanAll(store, limit)))).toEqual(sorted(rows));
    }
  });

  test('scanSystems comes by every system that stays, while others come, change and go', async (storage) => {
    const store = await storage.open();
    const [stay, go] = [idsOf(600, 'stay'), idsOf(600, 'go')];
    const mixed = stay.flatMap((id, index) => [id, go[index]!]);
    await store.commit(commitTo(null, 0, { systems: mixed.map((id) => whole(systemHeardAt(id))) }));
    let position = 0;
    const churn = async () => {
      const systems = [
        ...stay
          .filter((_, index) => index % 5 === position % 5)
          .map((id) => heartbeat(systemHeardAt(id, NOW + position))),
        ...idsOf(40, `come-${position}`).map((id) => whole(systemHeardAt(id))),
      ];
      const removed = go.slice(40 * position, 40 * (position + 1));
      expect(await store.commit(commitTo(position, position + 1, { systems, removed }))).toEqual({ accepted: true });
      position += 1;
    };
    const limitedChurn = async () => (position < 12 ? churn() : undefined);
    const seen = new Set((await scanAll(store, 100, limitedChurn)).map((row) => row.systemId));
    expect(stay.filter((id) => !seen.has(id))).toEqual([]);
    expect(position).toBeGreaterThan(3);
  });

  test('scanSystems refuses a limit out of bounds', async (storage) => {
    const store = await storage.open();
    await store.commit(commitTo(null, 1));
    for (const limit of [0, READ_SYSTEMS_MAX + 1, 1.5]) {
      await expect(store.scanSystems(0, null, limit)).rejects.toThrow(RangeError);
    }
    await expect(store.scanSystems(0, 'not a cursor', 10)).rejects.toThrow(RangeError);
  });
};

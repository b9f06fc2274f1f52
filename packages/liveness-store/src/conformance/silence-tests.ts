import type { PartitionState, SystemRow } from '@earshot/contracts';
import { expect } from 'vitest';
import { type LivenessStore, READ_SYSTEMS_MAX } from '../port/index.ts';
import type { RegisterTest, TestStorage } from './harness.ts';
import { commitTo, heartbeat, idsOf, NOW, OPEN_SINCE, stateAt, systemHeardAt, TTL_MS, whole } from './samples.ts';

const LATE_MS = (TTL_MS * 3) / 4;

const storeWith = async (storage: TestStorage, rows: readonly SystemRow[], state: Partial<PartitionState> = {}) => {
  const store = await storage.open();
  await store.commit(commitTo(null, 1, { systems: rows.map(whole), state: stateAt(1, state) }));
  return store;
};

const counts = async (store: LivenessStore) => {
  const [view] = await store.readPartitions();
  return { late: view?.late, held: view?.held };
};

const silentFor = (silentMs: number, members: Partial<SystemRow> = {}): SystemRow =>
  systemHeardAt(`silent for ${silentMs}`, NOW - silentMs, members);

export const silenceTests = (test: RegisterTest): void => {
  test('V5 late begins at exactly three quarters of the ttl', async (storage) => {
    const store = await storeWith(
      storage,
      [LATE_MS - 1, LATE_MS, LATE_MS + 1].map((ms) => silentFor(ms)),
    );
    expect(await store.readLate(0)).toEqual([
      { systemId: `silent for ${LATE_MS + 1}`, late: true, held: false },
      { systemId: `silent for ${LATE_MS}`, late: true, held: false },
    ]);
    expect(await counts(store)).toEqual({ late: 2, held: 0 });
  });

  test('V5 a heartbeat ends being late', async (storage) => {
    const row = silentFor(LATE_MS);
    const store = await storeWith(storage, [row]);
    await store.commit(
      commitTo(1, 2, { systems: [heartbeat({ ...row, since: NOW, lastSeen: NOW, openAt: NOW - OPEN_SINCE })] }),
    );
    expect(await store.readLate(0)).toEqual([]);
    expect(await counts(store)).toEqual({ late: 0, held: 0 });
  });

  test('V5 only silence in the open stretch makes late', async (storage) => {
    const ledger = [{ from: NOW - 2 * LATE_MS, to: NOW - LATE_MS + 1, cause: 'not_heard', ingest: 'a' }] as const;
    const state = { openSince: NOW - LATE_MS + 1, open: NOW - OPEN_SINCE - LATE_MS - 1, ledger };
    const store = await storeWith(storage, [silentFor(2 * LATE_MS + 5)], state);
    expect(await store.readLate(0)).toEqual([]);
    const longer = stateAt(2, { ...state, proven: NOW + 1, open: state.open + 1 });
    await store.commit(commitTo(1, 2, { state: longer }));
    expect(await store.readLate(0)).toMatchObject([{ late: true, held: false }]);
  });

  test('V4 systems that no verdict can be about are never late or held', async (storage) => {
    const rows = [
      silentFor(9 * TTL_MS, { state: 'offline' }),
      silentFor(8 * TTL_MS, { state: 'unseen', lastSeen: null }),
      silentFor(7 * TTL_MS, { paused: true }),
      silentFor(6 * TTL_MS, { retiredAt: NOW }),
    ];
    const store = await storeWith(storage, rows, { hold: 'on' });
    expect(await store.readLate(0)).toEqual([]);
    expect(await counts(store)).toEqual({ late: 0, held: 0 });
  });

  test('V4 a system that is paused stops being late, one that is resumed may be', async (storage) => {
    const store = await storeWith(storage, [silentFor(LATE_MS)]);
    await store.commit(commitTo(1, 2, { systems: [whole(silentFor(LATE_MS, { paused: true }))] }));
    expect(await counts(store)).toEqual({ late: 0, held: 0 });
    await store.commit(commitTo(2, 3, { systems: [whole(silentFor(LATE_MS))] }));
    expect(await counts(store)).toEqual({ late: 1, held: 0 });
  });

  test('V5 T6 during a hold a system is held from exactly its ttl on', async (storage) => {
    const rows = [TTL_MS - 1, TTL_MS, TTL_MS + 1].map((ms) => silentFor(ms));
    const store = await storeWith(storage, rows, { hold: 'on' });
    expect(await store.readLate(0)).toEqual([
      { systemId: `silent for ${TTL_MS + 1}`, late: true, held: true },
      { systemId: `silent for ${TTL_MS}`, late: true, held: true },
      { systemId: `silent for ${TTL_MS - 1}`, late: true, held: false },
    ]);
    expect(await counts(store)).toEqual({ late: 3, held: 2 });
    await store.commit(commitTo(1, 2, { state: stateAt(2, { hold: 'released' }) }));
    expect(await counts(store)).toEqual({ late: 3, held: 0 });
    await store.commit(commitTo(2, 3, { state: stateAt(3, { hold: 'none' }) }));
    expect(await counts(store)).toEqual({ late: 3, held: 0 });
  });

  test('V2 V5 during a hold a system is held by open time accumulated over outages', async (storage) => {
    // Five open stretches of 9 s, each followed by 1 s closed: 45 s of open time are three ttls of 15 s, on the dot.
    const since = NOW - 50_000;
    const ledger = [1, 2, 3, 4, 5].map((stretch) => ({
      from: since + stretch * 10_000 - 1_000,
      to: since + stretch * 10_000,
      cause: 'vanished' as const,
      ingest: 'a',
    }));
    const rows = [0, 1].map((later) => systemHeardAt(`heard ${later} ms later`, since + later, { ttlMs: 15_000 }));
    const open = since - OPEN_SINCE + 45_000;
    const store = await storeWith(storage, rows, { hold: 'on', openSince: NOW, open, ledger });
    expect(await store.readLate(0)).toEqual([{ systemId: 'heard 0 ms later', late: false, held: true }]);
    expect(await counts(store)).toEqual({ late: 0, held: 1 });
  });

  test('V5 each system is judged by its own ttl, and the longest silent come first', async (storage) => {
    const ttls = [15_000, 60_000, 61_000, 1_500_000, 2_592_000_000];
    const rows = ttls.flatMap((ttlMs) =>
      [(ttlMs * 3) / 4, (ttlMs * 3) / 4 - 1].map((ms) =>
        systemHeardAt(`${ttlMs} ${ms}`, NOW - ms, { ttlMs, openAt: 0 }),
      ),
    );
    const store = await storeWith(storage, rows, { openSince: 0 });
    const expected = ttls.toReversed().map((ttlMs) => `${ttlMs} ${(ttlMs * 3) / 4}`);
    expect((await store.readLate(0)).map((system) => system.systemId)).toEqual(expected);
  });

  test('readLate names the longest silent where there are more than it may, and all are counted', async (storage) => {
    const ids = idsOf(READ_SYSTEMS_MAX + 100);
    const rows = ids.map((id, index) =>
      systemHeardAt(id, NOW - LATE_MS - index, { ttlMs: index % 2 === 0 ? TTL_MS : TTL_MS - 4 }),
    );
    const store = await storeWith(storage, rows);
    expect(await counts(store)).toEqual({ late: ids.length, held: 0 });
    const named = (await store.readLate(0)).map((system) => system.systemId);
    expect(named).toEqual(ids.toReversed().slice(0, READ_SYSTEMS_MAX));
  });
};

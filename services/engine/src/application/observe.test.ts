import { topicSpecs } from '@earshot/contracts';
import { type EventLog, EventLogError } from '@earshot/event-log';
import { openSqliteEventLog } from '@earshot/event-log/sqlite';
import { type LivenessStore, LivenessStoreError } from '@earshot/liveness-store';
import { openSqliteLivenessStore } from '@earshot/liveness-store/sqlite';
import { createManualClock, type ManualClock } from '@earshot/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enter, volatileCatalog } from '../testing/fill-catalog.ts';
import { systemEntry } from '../testing/records.ts';
import { PARTITIONS, project, systemRow } from '../testing/start-engine.ts';
import type { Catalog } from './catalog.ts';
import { createObserver, type Observer } from './observe.ts';

describe('createObserver', () => {
  let clock: ManualClock;
  let log: EventLog;
  let store: LivenessStore;
  let catalog: Catalog;
  let beats: number;
  let isComplete: boolean;
  beforeEach(async () => {
    clock = createManualClock();
    log = await openSqliteEventLog({ path: null, maintenanceIntervalMs: null, clock });
    await log.prepare(topicSpecs({ partitions: PARTITIONS }));
    store = await openSqliteLivenessStore({ path: null });
    catalog = volatileCatalog();
    beats = 0;
    isComplete = true;
  });
  afterEach(async () => {
    await store.close();
    await log.close();
  });

  const observer = (
    over: { ends?: EventLog['ends']; readPartitions?: LivenessStore['readPartitions'] } = {},
  ): Observer =>
    createObserver({
      log: { ends: over.ends ?? ((topic) => log.ends(topic)) },
      store: {
        readPartitions: over.readPartitions ?? (() => store.readPartitions()),
        readLate: (partition) => store.readLate(partition),
      },
      catalog,
      isCatalogComplete: () => isComplete,
      clock,
      partitions: PARTITIONS,
      onCompleted: () => (beats += 1),
    });

  it('knows nothing, and says so, before its first turn', () => {
    const one = observer();
    expect([one.hasRead(), one.current().projection, one.current().asOf]).toEqual([false, 'unreachable', null]);
    expect(one.current().partitions.map(({ condition }) => condition)).toEqual(['rebuilding', 'rebuilding']);
  });

  it('sees times, totals, and who is late or held', async () => {
    const now = clock.wallNow();
    enter(catalog, [systemEntry('late'), systemEntry('well')]);
    const late = systemRow('late', now - 1_200_000, { openAt: 3_600_000 - 1_200_000 });
    await project(store, { proven: now, systems: [late, systemRow('well', now)] });
    const one = observer();
    await one.turn();
    expect(one.current()).toMatchObject({
      asOf: now,
      projection: 'reachable',
      totals: { systems: 2 },
      late: 1,
      held: 0,
      lateSystems: ['late'],
      heldSystems: [],
    });
    expect(one.current().partitions.map(({ condition }) => condition)).toEqual(['listening', 'listening']);
    expect(beats).toBe(1);
  });

  it('G10 keeps what it saw while the projection cannot be read, counts no beat, and comes back by itself', async () => {
    await project(store, { proven: clock.wallNow() });
    let isCut = false;
    const readPartitions: LivenessStore['readPartitions'] = () =>
      isCut ? Promise.reject(new LivenessStoreError('EARSHOT_STORE_UNAVAILABLE', 'cut')) : store.readPartitions();
    const one = observer({ readPartitions });
    await one.turn();
    const before = one.current();
    isCut = true;
    enter(catalog, [systemEntry('new')]);
    await expect(one.turn()).rejects.toThrow('cut');
    const { asOf, partitions } = before;
    expect(one.current()).toMatchObject({
      asOf,
      partitions,
      projection: 'unreachable',
      totals: { systems: 1, unseen: 1 },
    });
    expect([beats, one.hasRead()]).toEqual([1, true]);
    isCut = false;
    await one.turn();
    expect([beats, one.current().projection]).toEqual([2, 'reachable']);
  });

  it('takes a projection that does not answer for unreachable after 5 s', async () => {
    const one = observer({ readPartitions: () => new Promise(() => undefined) });
    const turning = one.turn();
    const settled = expect(turning).rejects.toThrow('no answer within 5000 ms');
    await clock.advance(5_000);
    await settled;
    expect(one.hasRead()).toBe(false);
  });

  it('counts no beat while the log does not say where it ends, and sees the rest', async () => {
    await project(store, { proven: clock.wallNow() });
    const ends: EventLog['ends'] = () => Promise.reject(new EventLogError('EARSHOT_LOG_UNAVAILABLE', 'down'));
    const one = observer({ ends });
    await expect(one.turn()).rejects.toThrow('down');
    expect(beats).toBe(0);
    expect(one.current()).toMatchObject({ projection: 'reachable', proven: clock.wallNow(), asOf: null });
    expect(one.current().partitions[0]?.behindRecords).toBeNull();
  });

  it('G10 knows no time for its answers before the catalog was filled, and shows what is in it', async () => {
    await project(store, { proven: clock.wallNow() });
    enter(catalog, [systemEntry('a')]);
    isComplete = false;
    const one = observer();
    await one.turn();
    expect(one.current()).toMatchObject({ asOf: null, proven: clock.wallNow(), totals: { systems: 1 } });
    isComplete = true;
    await one.turn();
    expect(one.current().asOf).toBe(clock.wallNow());
  });

  it('G10 goes on showing what was counted last while the catalog is filled anew', async () => {
    const proven = clock.wallNow();
    await project(store, { proven });
    enter(catalog, [systemEntry('a'), systemEntry('b')]);
    const one = observer();
    await one.turn();
    isComplete = false;
    catalog.reset();
    await clock.advance(20_000);
    await project(store, { proven: clock.wallNow(), state: { position: 1 }, expected: 0 });
    await one.turn();
    expect(one.current()).toMatchObject({
      asOf: proven,
      proven: clock.wallNow(),
      totals: { systems: 2 },
      catalogLackingMs: 0,
    });
  });

  it('G10 asks the log after the projection: the ends are at least those of the proven time', async () => {
    const asked: string[] = [];
    const one = observer({
      readPartitions: async () => {
        const views = await store.readPartitions();
        asked.push('projection');
        return views;
      },
      ends: (topic) => {
        asked.push(topic);
        return log.ends(topic);
      },
    });
    await one.turn();
    expect(asked[0]).toBe('projection');
    expect(asked.slice(1).toSorted()).toEqual(['heartbeats.v1', 'incidents.v1', 'registry.v1', 'transitions.v1']);
  });

  it('counts no beat while the catalog cannot be read, and sees the rest', async () => {
    await project(store, { proven: clock.wallNow() });
    const one = observer();
    catalog.close();
    await expect(one.turn()).rejects.toThrow('not open');
    expect(beats).toBe(0);
    expect(one.current()).toMatchObject({ projection: 'reachable', proven: clock.wallNow(), asOf: null });
  });
});

import {
  decodeHeartbeatTopicRecord,
  fleetKey,
  HEARTBEATS_TOPIC,
  REGISTRY_TOPIC,
  systemKey,
  type SystemRecord,
  type SystemRow,
} from '@earshot/contracts';
import type { EventLog, NewRecord, Ownership } from '@earshot/event-log';
import { createFaultyLog, createManualClock, type FaultyLog, type ManualClock } from '@earshot/testkit';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fleetEntry, systemEntry } from '../testing/records.ts';
import { project, registryEntry, type RunningEngine, startEngine, systemRow } from '../testing/start-engine.ts';
import { TOLD_AGAIN_MS, TOLD_PER_TURN_MAX } from './tell-untold.ts';

/** An engine over a real log and a real projection; the test plays the partitions' owner, and cuts the log between two appends. */
describe('createUntoldSystems', () => {
  let clock: ManualClock;
  let log: FaultyLog;
  let engine: RunningEngine;
  let position: number | null;
  /** Appends before this one are of no interest. */
  let cutAt: number;
  beforeEach(() => {
    clock = createManualClock();
    position = null;
    cutAt = 0;
  });
  afterEach(() => engine.stop());

  const start = async (systems: readonly string[], before?: (log: EventLog) => Promise<void>): Promise<void> => {
    engine = await startEngine({
      clock,
      ...(before === undefined ? {} : { before }),
      wrapLog: (real) => (log = createFaultyLog(real)),
      records: [
        registryEntry(fleetKey('default'), fleetEntry('default')),
        ...systems.map((id) => registryEntry(systemKey(id), systemEntry(id))),
      ],
    });
    await clock.advance(1_000);
    await vi.waitFor(() => expect(engine.service.health().ready).toBe(true));
  };
  /** What the partitions' owner has folded by now. */
  const fold = async (systems: readonly SystemRow[]): Promise<void> => {
    const next = (position ?? -1) + 1;
    await project(engine.store, {
      proven: clock.wallNow(),
      systems,
      state: { position: next },
      expected: position,
    });
    position = next;
    await seconds(1);
  };
  const known = (id: string, members: Partial<SystemRow> = {}): SystemRow =>
    systemRow(id, clock.wallNow(), { revision: 1, ttlRevision: 1, ...members });

  const recordsOf = (records: readonly NewRecord[]): readonly SystemRecord[] =>
    records.flatMap(({ topic, key, value }) => {
      const decoded = topic === HEARTBEATS_TOPIC ? decodeHeartbeatTopicRecord(key, value) : { value: null };
      return 'value' in decoded && decoded.value?.type === 'system' ? [decoded.value] : [];
    });
  /** What the partitions were told since then, in order. */
  const told = (): readonly SystemRecord[] => recordsOf(log.appends().slice(cutAt).flat());

  /** Makes a change of which the partition is not told: as if whoever made it was killed between the two appends. */
  const makeInPart = async (method: string, target: string, body?: object): Promise<void> => {
    log.refuseAppends(({ topic }) => (topic === HEARTBEATS_TOPIC ? 'EARSHOT_LOG_UNAVAILABLE' : null));
    const answered = await engine.send(`/api/systems/${target}`, { method, ...(body === undefined ? {} : { body }) });
    expect(answered.status).toBe(503);
    log.heal();
    cutAt = log.appends().length;
  };
  /** Each with as many turns of the event loop as everything that falls due in it takes by far. */
  const seconds = async (count: number): Promise<void> => {
    for (let second = 0; second < count; second += 1) {
      await clock.advance(1_000);
      for (let turn = 0; turn < 100; turn += 1) await nextTurn();
    }
  };

  it.each([
    { what: 'pause', method: 'POST', target: 'a/pause', body: {}, expected: { paused: true } },
    { what: 'retirement', method: 'DELETE', target: 'a', expected: { retired: true } },
    { what: 'longer ttl', method: 'PATCH', target: 'a', body: { ttl_seconds: 3_000 }, expected: { ttl_ms: 3_000_000 } },
  ])('G1 tells a partition within 2 s of a $what that was made in part', async ({ method, target, body, expected }) => {
    await start(['a']);
    await fold([known('a')]);
    await makeInPart(method, target, body);
    expect(told()).toEqual([]);
    await seconds(2);
    await vi.waitFor(() => expect(told()).toMatchObject([{ ...expected, revision: 2 }]));
  });

  it('G1 tells a partition within 2 s of the end of a pause that was made in part', async () => {
    await start(['a']);
    await fold([known('a')]);
    expect((await engine.send('/api/systems/a/pause', { method: 'POST', body: {} })).status).toBe(200);
    await fold([known('a', { paused: true, revision: 2 })]);
    await makeInPart('POST', 'a/resume', {});
    await seconds(2);
    await vi.waitFor(() => expect(told()).toMatchObject([{ revision: 3 }]));
    expect(told()[0]).not.toHaveProperty('paused');
  });

  it('G1 tells a partition of a pause of a system that it does not have', async () => {
    await start(['a']);
    await fold([]);
    await makeInPart('POST', 'a/pause', {});
    await seconds(2);
    await vi.waitFor(() => expect(told()).toMatchObject([{ paused: true, revision: 2 }]));
  });

  it('tells nothing of a whole change that is folded in its time', async () => {
    await start(['a']);
    await fold([known('a')]);
    expect((await engine.send('/api/systems/a/pause', { method: 'POST', body: {} })).status).toBe(200);
    cutAt = log.appends().length;
    await seconds(1);
    await fold([known('a', { paused: true, revision: 2 })]);
    await seconds(10);
    expect(told()).toEqual([]);
  });

  it('G12 tells a system once in 5 s, for as long as its row does not change', async () => {
    await start(['a']);
    await fold([known('a')]);
    await makeInPart('POST', 'a/pause', {});
    await seconds(2);
    await vi.waitFor(() => expect(told()).toHaveLength(1));
    await seconds(TOLD_AGAIN_MS / 1_000 - 1);
    expect(told()).toHaveLength(1);
    await seconds(1);
    await vi.waitFor(() => expect(told()).toHaveLength(2));
    await fold([known('a', { paused: true, revision: 2 })]);
    await seconds(10);
    expect(told()).toHaveLength(2);
  });

  it('G12 tells a bounded number a second, and all in the end', async () => {
    const ids = Array.from({ length: 2 * TOLD_PER_TURN_MAX + 1 }, (_, index) => `s${index}`);
    await start(ids);
    await fold(ids.map((id) => known(id, { ttlMs: 20_000, revision: 0, ttlRevision: 0 })));
    cutAt = log.appends().length;
    const counts: number[] = [];
    for (let second = 0; second < 5; second += 1) {
      await seconds(1);
      counts.push(told().length);
    }
    const steps = counts.map((count, index) => count - (counts[index - 1] ?? 0));
    expect(Math.max(...steps)).toBe(TOLD_PER_TURN_MAX);
    await vi.waitFor(() => expect(told()).toHaveLength(ids.length));
  });

  it('leaves it to the engine that writes the registry', async () => {
    let other: Ownership | undefined;
    await start(['a'], async (real) => {
      other = await real.own(REGISTRY_TOPIC, 'registry', {
        assigned: (_partition, bounds) => Promise.resolve(bounds.end),
        records: () => Promise.resolve(),
        revoked: () => undefined,
        failed: () => undefined,
      });
    });
    await fold([known('a', { ttlMs: 20_000, revision: 0, ttlRevision: 0 })]);
    await seconds(3);
    expect(told()).toEqual([]);
    await other?.stop();
    await seconds(2);
    await vi.waitFor(() => expect(told()).toMatchObject([{ ttl_ms: 1_500_000, revision: 1 }]));
  });
});

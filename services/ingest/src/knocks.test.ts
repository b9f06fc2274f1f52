import { KNOCK_NAMES_MAX, partitionOf } from '@earshot/contracts';
import { createFaultyLog, createManualClock, type FaultyLog, type ManualClock } from '@earshot/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bodyOf, send } from './fixtures/requests.ts';
import { type RunningIngest, runIngest } from './fixtures/running-ingest.ts';
import type { IngestOptions } from './options.ts';

const FLEET = 'default:fleet-secret';
const PARTITIONS = 3;
const refuseAll = () => 'EARSHOT_LOG_UNAVAILABLE' as const;

describe('knocks', () => {
  let clock: ManualClock;
  let ingest: RunningIngest<FaultyLog>;
  const run = async (options: Partial<IngestOptions> = {}, startedWith?: (log: FaultyLog) => void): Promise<void> => {
    clock = createManualClock();
    ingest = await runIngest({ clock, wrap: createFaultyLog }, { partitions: PARTITIONS, ...options }, startedWith);
  };
  const heartbeat = async (systemId: string): Promise<number> =>
    (await send(ingest.port(), { user: FLEET, body: bodyOf(systemId) })).status;
  const numbers = async (partition: number): Promise<readonly number[]> =>
    (await ingest.knocks()).filter((knock) => knock.partition === partition).map(({ n }) => n);
  /** Ids of systems of a partition, found by sending for them. */
  const systemsOf = async (partition: number, count: number): Promise<readonly string[]> => {
    const found = (await ingest.records()).flatMap(({ key, partition: where }) =>
      key !== null && where === partition ? [key] : [],
    );
    expect(found.length).toBeGreaterThanOrEqual(count);
    return found.slice(0, count);
  };

  beforeEach(() => run());
  afterEach(() => ingest.stop());

  it('T3 come at once, then at every whole second of wall time, one to each partition, numbered', async () => {
    await clock.advance(400);
    for (let i = 0; i < 3; i += 1) await ingest.knock();
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      expect(await numbers(partition)).toEqual([1, 2, 3, 4]);
    }
    const times = (await ingest.records())
      .filter(({ partition }) => partition === 0)
      .map(({ appendedAt }) => appendedAt);
    expect(times.slice(1).map((at) => at % 1_000)).toEqual([0, 0, 0]);
    const [first] = await ingest.knocks();
    expect(first).toEqual({ type: 'knock', partition: 0, ingest: ingest.service.ingestId, n: 1 });
  });

  it('T3 stand behind the heartbeats that came before them', async () => {
    ingest.log.stallAppends();
    const first = heartbeat('a');
    await ingest.until(() => ingest.log.appends().some((records) => records.some(({ key }) => key === 'a')));
    const second = heartbeat('b');
    await ingest.until(() => ingest.queued().then((records) => records === 2));
    await clock.advance(1_000);
    await ingest.until(() => ingest.queued().then((records) => records === 2 + PARTITIONS));
    const third = heartbeat('c');
    await ingest.until(() => ingest.queued().then((records) => records === 3 + PARTITIONS));
    ingest.log.heal();
    expect(await Promise.all([first, second, third])).toEqual([200, 200, 200]);
    const offered = ingest.log.appends().flat().slice(PARTITIONS);
    expect(offered.map(({ key }) => key)).toEqual(['a', 'b', null, null, null, 'c']);
  });

  it('H33 are one at a time: none comes out of a stalled log before the last was acknowledged', async () => {
    ingest.log.stallAppends();
    await clock.advance(1_000);
    await ingest.until(() => ingest.log.appends().flat().length === 2 * PARTITIONS);
    for (let tenth = 0; tenth < 100; tenth += 1) await clock.advance(100);
    expect(ingest.log.appends().flat()).toHaveLength(2 * PARTITIONS);
    ingest.log.heal();
    await ingest.idle();
    await ingest.knock();
    expect(await numbers(0)).toEqual([1, 2, 3]);
  });

  it('G4 until every partition has acknowledged one, every heartbeat is answered 503 and named', async () => {
    await ingest.stop();
    await run({}, (log) => log.refuseAppends(({ partition }) => (partition === 1 ? refuseAll() : null)));
    expect(ingest.service.health()).toEqual({
      ready: false,
      reasons: ['the last knock was not acknowledged in time'],
    });
    const systems = Array.from({ length: 12 }, (_, index) => `s${index}`);
    expect(new Set(systems.map((system) => partitionOf(system, PARTITIONS))).size).toBe(PARTITIONS);
    for (const system of systems) expect(await heartbeat(system)).toBe(503);
    expect(await ingest.counts()).toEqual({ refused: 12 });
    ingest.log.heal();
    await ingest.knock();
    expect(ingest.service.health().ready).toBe(true);
    for (const system of systems) expect(await heartbeat(system)).toBe(200);
    expect((await ingest.knocks()).flatMap(({ names = [] }) => names).toSorted()).toEqual(systems.toSorted());
  });

  it('H21 a log that refuses means 503, no knock and not ready, until it recovers', async () => {
    ingest.log.refuseAppends(refuseAll);
    expect(await heartbeat('a')).toBe(503);
    for (let i = 0; i < 4; i += 1) await ingest.knock();
    expect(await numbers(0)).toEqual([1]);
    expect(ingest.service.health().ready).toBe(false);
    ingest.log.heal();
    await ingest.knock();
    expect(ingest.service.health().ready).toBe(true);
    expect(await heartbeat('a')).toBe(200);
    expect(await numbers(0)).toEqual([1, 6]);
    expect((await ingest.knocks()).filter(({ n }) => n === 6).flatMap(({ names = [] }) => names)).toEqual(['a']);
    await ingest.knock();
    expect((await ingest.knocks()).filter(({ n }) => n === 7).flatMap(({ names = [] }) => names)).toEqual([]);
  });

  it('T3 count those turned away with 5xx beyond the names, and say it until it is acknowledged', async () => {
    ingest.log.refuseAppends(refuseAll);
    await Promise.all(Array.from({ length: 3 * KNOCK_NAMES_MAX + 50 }, (_, i) => heartbeat(`s${i}`)));
    await ingest.knock();
    ingest.log.heal();
    ingest.log.loseAnswers(() => 'EARSHOT_LOG_TIMEOUT');
    await ingest.knock();
    ingest.log.heal();
    await ingest.knock();
    await ingest.knock();
    const said = (n: number): Promise<number> =>
      ingest
        .knocks()
        .then((knocks) =>
          knocks
            .filter((knock) => knock.n === n)
            .reduce((sum, { names = [], refused = 0 }) => sum + names.length + refused, 0),
        );
    expect([await said(3), await said(4), await said(5)]).toEqual([
      3 * KNOCK_NAMES_MAX + 50,
      3 * KNOCK_NAMES_MAX + 50,
      0,
    ]);
    const knocks = (await ingest.knocks()).filter(({ n }) => n === 4);
    expect(knocks.every(({ names = [] }) => names.length <= KNOCK_NAMES_MAX)).toBe(true);
    expect(knocks.some(({ refused = 0 }) => refused > 0)).toBe(true);
  });

  it('T3 a partition that did not acknowledge keeps its own, the others are told once', async () => {
    for (let i = 0; i < 12; i += 1) await heartbeat(`s${i}`);
    const [zero = ''] = await systemsOf(0, 1);
    const [one = ''] = await systemsOf(1, 1);
    ingest.log.refuseAppends(refuseAll);
    await heartbeat(zero);
    await heartbeat(one);
    ingest.log.refuseAppends(({ partition }) => (partition === 1 ? refuseAll() : null));
    await ingest.knock();
    ingest.log.heal();
    await ingest.knock();
    const names = (await ingest.knocks()).flatMap(({ n, partition, names: said = [] }) =>
      said.map((name) => [n, partition, name]),
    );
    expect(names).toEqual([
      [2, 0, zero],
      [3, 1, one],
    ]);
  });

  it('T3 names those turned away with 429, and never counts them', async () => {
    for (let i = 0; i < 25; i += 1) await heartbeat('noisy');
    await ingest.knock();
    const knocks = (await ingest.knocks()).filter(({ n }) => n === 2);
    expect(knocks.flatMap(({ names = [] }) => names)).toEqual(['noisy']);
    expect(knocks.some(({ refused }) => refused !== undefined)).toBe(false);
  });

  it('T3 says nothing of a system that the sender may not send for', async () => {
    ingest.registry.fleet('oslo');
    ingest.registry.system('of-oslo', { fleet: 'oslo' });
    ingest.log.refuseAppends(refuseAll);
    expect(await heartbeat('of-oslo')).toBe(403);
    expect((await send(ingest.port(), { user: 'own:wrong' })).status).toBe(401);
    ingest.log.heal();
    await ingest.knock();
    expect((await ingest.knocks()).some(({ names }) => names !== undefined)).toBe(false);
  });

  it('H44 stop while the table is unknown: nothing is heard then, so nothing is proven', async () => {
    ingest.registry.setCurrency('unknown');
    expect(await heartbeat('a')).toBe(503);
    await ingest.knock();
    await ingest.knock();
    expect(await numbers(0)).toEqual([1]);
    ingest.registry.setCurrency('current');
    await ingest.knock();
    expect(await numbers(0)).toEqual([1, 2]);
  });

  it('say leaving while the table ages: it tells the balancer to send heartbeats elsewhere', async () => {
    ingest.registry.setCurrency('ageing');
    await ingest.knock();
    ingest.registry.setCurrency('current');
    await ingest.knock();
    const leaving = (await ingest.knocks())
      .filter(({ partition }) => partition === 0)
      .map((knock) => knock.leaving ?? false);
    expect(leaving).toEqual([false, true, false]);
  });

  it('three gaps make it not ready, and leaving, until it knocked cleanly for a minute', async () => {
    for (let gap = 0; gap < 3; gap += 1) {
      ingest.log.refuseAppends(refuseAll);
      for (let i = 0; i < 4; i += 1) await ingest.knock();
      ingest.log.heal();
      await ingest.knock();
    }
    expect(ingest.service.health()).toEqual({ ready: false, reasons: ['knocks were missing too often lately'] });
    for (let i = 0; i < 59; i += 1) await ingest.knock();
    expect(ingest.service.health().ready).toBe(false);
    await ingest.knock();
    expect(ingest.service.health().ready).toBe(true);
    await ingest.knock();
    const leaving = (await ingest.knocks())
      .filter(({ partition }) => partition === 0)
      .map((knock) => knock.leaving ?? false);
    // The three that ended a gap, each the first after it was not ready, and all of the minute.
    expect(leaving.filter(Boolean)).toHaveLength(3 + 59);
    expect(leaving.at(-1)).toBe(false);
  });

  it('shows its knocks, its queue and its credentials in metrics that are there from the start', async () => {
    const text = await ingest.metrics.metrics();
    for (const outcome of ['accepted', 'invalid', 'unauthenticated', 'forbidden', 'limited', 'refused', 'failed']) {
      expect(text).toContain(`earshot_ingest_heartbeats_total{outcome="${outcome}"} 0`);
    }
    expect(text).toContain('earshot_ingest_queue_records 0');
    expect(text).toContain('earshot_ingest_queue_limit_records 4096');
    expect(text).toContain(`earshot_ingest_last_knock_timestamp_seconds ${clock.wallNow() / 1_000}`);
    expect(text).toContain('earshot_ingest_credentials_current 1');
    expect(text).toContain('earshot_ingest_append_duration_seconds_count 1');
    ingest.registry.setCurrency('ageing');
    expect(await ingest.metrics.metrics()).toContain('earshot_ingest_credentials_current 0');
  });
});

import {
  decodeTransition,
  encodeHeartbeatTopicRecord,
  HEARTBEATS_TOPIC,
  type HeartbeatTopicRecord,
  INCIDENTS_TOPIC,
  LISTENER_LEAVE_MS,
  REGISTRY_TOPIC,
  systemKey,
  topicSpecs,
  TRANSITIONS_TOPIC,
  type TransitionDocument,
} from '@earshot/contracts';
import { type EventLog, EventLogError, type LogRecord, type OwnershipHandler } from '@earshot/event-log';
import { openSqliteEventLog, type SqliteEventLog } from '@earshot/event-log/sqlite';
import { type LivenessStore, LivenessStoreError } from '@earshot/liveness-store';
import { openSqliteLivenessStore } from '@earshot/liveness-store/sqlite';
import { createMetricsRegistry, type Service, silentLogger, systemClock } from '@earshot/runtime';
import { createFaultyLog, createFaultyStore, createManualClock, type FaultyStore } from '@earshot/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLivenessService } from './create-liveness-service.ts';
import { readTail } from './application/read-once.ts';

const TTL_MS = 15_000;
const PARTITION = 0;
const RETENTION_MS = 10_000;

/** A log under a hand-driven clock, a store, and services that come and go. */
let clock: ReturnType<typeof createManualClock>;
let log: SqliteEventLog;
let realStore: LivenessStore;
let store: FaultyStore;
let services: Service[] = [];
let fatal: Error[] = [];
let knocks = 0;

const startService = async (on: { readonly store?: LivenessStore; readonly log?: EventLog } = {}): Promise<Service> => {
  const service = createLivenessService(
    {
      log: on.log ?? log,
      store: on.store ?? store,
      clock: systemClock,
      logger: silentLogger,
      metrics: createMetricsRegistry(),
    },
    { partitions: 1, logId: 'test', onFatal: (error) => fatal.push(error), flushDeadlineMs: 50 },
  );
  services.push(service);
  await service.start();
  return service;
};

beforeEach(async () => {
  clock = createManualClock();
  log = await openSqliteEventLog({ path: null, clock, maintenanceIntervalMs: null });
  await log.prepare(topicSpecs({ partitions: 1, heartbeatsRetentionMs: RETENTION_MS }));
  realStore = await openSqliteLivenessStore({ path: null });
  store = createFaultyStore(realStore);
  services = [];
  fatal = [];
  knocks = 0;
});
afterEach(async () => {
  store.failAlways(null);
  await Promise.all(services.map((service) => service.stop()));
  await log.close();
  await realStore.close();
});

const append = async (topic: string, key: string | null, value: string | null): Promise<number> => {
  const [outcome] = await log.append([{ topic, partition: PARTITION, key, value }]);
  if (outcome === undefined || 'error' in outcome) throw outcome?.error ?? new Error('no outcome');
  return outcome.position;
};
const say = (key: string | null, record: HeartbeatTopicRecord): Promise<number> =>
  append(HEARTBEATS_TOPIC, key, encodeHeartbeatTopicRecord(record));
const heartbeat = (systemId: string): Promise<number> =>
  say(systemId, { type: 'heartbeat', ttl_ms: TTL_MS, fleet: 'default' });
const knock = (): Promise<number> => say(null, { type: 'knock', ingest: 'i1', n: (knocks += 1) });

/** Time passes and is heard: a knock a second, and whatever is sent in that second. */
const listen = async (
  seconds: number,
  eachSecond: (second: number) => Promise<unknown> = async () => undefined,
): Promise<void> => {
  for (let second = 0; second < seconds; second += 1) {
    await eachSecond(second);
    await clock.advance(1_000);
    await knock();
  }
};

/** Everything published, repetitions included. */
const published = async (): Promise<readonly TransitionDocument[]> => {
  const found: TransitionDocument[] = [];
  await readTail(
    log,
    { topic: TRANSITIONS_TOPIC, partition: PARTITION, positionsMax: 1_000_000 },
    (record: LogRecord) => {
      const decoded = record.value === null ? null : decodeTransition(record.value);
      if (decoded !== null && 'value' in decoded) found.push(decoded.value);
    },
  );
  return found;
};
const publishedWords = async (): Promise<readonly string[]> =>
  (await published()).map(({ system_id: id, to, sequence }) => `${id} ${to} ${sequence}`);
const settled = (expected: () => Promise<void>): Promise<void> =>
  vi.waitFor(expected, { timeout: 5_000, interval: 10 });
const caughtUp = (): Promise<void> =>
  settled(async () => {
    const end = (await log.ends(HEARTBEATS_TOPIC))[PARTITION]?.end ?? 0;
    expect((await realStore.readPartitions())[0]?.state.position).toBe(end - 1);
  });

/** A system that speaks, falls silent and is found offline. */
const oneDies = async (): Promise<void> => {
  await listen(1);
  await heartbeat('s1');
  await listen(16);
};

describe('the liveness service', () => {
  it('folds, commits and publishes, in that order', async () => {
    await startService();
    await oneDies();
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2']));
    await caughtUp();
    const stored = await realStore.load(PARTITION);
    expect(stored?.systems).toMatchObject([{ systemId: 's1', state: 'offline', sequence: 2 }]);
    await settled(async () => expect((await realStore.load(PARTITION))?.outbox).toEqual([]));
  });

  it('G7 stopping and starting changes nothing that is published', async () => {
    await listen(1);
    await heartbeat('s1');
    for (let second = 0; second < 16; second += 1) {
      const service = await startService();
      await listen(1);
      await service.stop();
    }
    await startService();
    await caughtUp();
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2']));
  });

  it('S3 what was committed and not published is published by the next owner, once', async () => {
    const refusing = createFaultyLog(log);
    refusing.refuseAppends(({ topic }) => (topic === TRANSITIONS_TOPIC ? 'EARSHOT_LOG_UNAVAILABLE' : null));
    const crashing = await startService({ log: refusing });
    await listen(1);
    await heartbeat('s1');
    await settled(async () => expect((await realStore.load(PARTITION))?.outbox.length).toBeGreaterThan(0));
    await crashing.stop();
    expect(await publishedWords()).toEqual([]);
    await startService();
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1']));
  });

  it('S3 what was published and not marked is not published again', async () => {
    const crashing = await startService();
    store.failMarking(true);
    await listen(1);
    await heartbeat('s1');
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1']));
    await crashing.stop();
    store.failMarking(false);
    expect((await realStore.load(PARTITION))?.outbox.filter(({ kind }) => kind === 'transition')).toHaveLength(1);
    await startService();
    await listen(16);
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2']));
  });

  it('S1 a projection that does not answer delays commits and loses nothing', async () => {
    await startService();
    await listen(1);
    store.failAlways('refuse');
    await heartbeat('s1');
    await listen(17);
    expect(await publishedWords()).toEqual([]);
    store.failAlways(null);
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2']));
  });

  it('S1 a commit that landed without an answer is not taken for a rival', async () => {
    await startService();
    store.failNext('lose-answer', 3);
    await oneDies();
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2']));
    await caughtUp();
  });

  it('G8 P6 a projection emptied while we run is written anew from memory', async () => {
    let emptied: LivenessStore = realStore;
    const swapping: LivenessStore = {
      load: (partition) => emptied.load(partition),
      commit: (commit) => emptied.commit(commit),
      rewrite: (part) => emptied.rewrite(part),
      markPublished: (partition, position) => emptied.markPublished(partition, position),
      readPartitions: () => emptied.readPartitions(),
      readSystems: (partition, ids) => emptied.readSystems(partition, ids),
      scanSystems: (partition, cursor, limit) => emptied.scanSystems(partition, cursor, limit),
      readLate: (partition) => emptied.readLate(partition),
      close: () => emptied.close(),
    };
    await startService({ store: swapping });
    await listen(3, async (second) => heartbeat(`s${second}`));
    await caughtUp();
    const before = await realStore.load(PARTITION);
    emptied = await openSqliteLivenessStore({ path: null });
    await listen(1);
    await settled(async () => expect((await emptied.load(PARTITION))?.systems).toEqual(before?.systems));
    expect(await publishedWords()).toEqual(['s0 online 1', 's1 online 1', 's2 online 1']);
  });

  it('G8 S4 without a projection the state is rebuilt from the log, and nothing is published again', async () => {
    await startService();
    await oneDies();
    await heartbeat('s2');
    await listen(2);
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2', 's2 online 1']));
    await Promise.all(services.splice(0).map((service) => service.stop()));
    const empty = await openSqliteLivenessStore({ path: null });
    await startService({ store: empty });
    await settled(async () => {
      const systems = (await empty.load(PARTITION))?.systems ?? [];
      expect(
        systems
          .map(({ systemId, state, sequence }) => [systemId, state, sequence])
          .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      ).toEqual([
        ['s1', 'offline', 2],
        ['s2', 'online', 1],
      ]);
    });
    expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2', 's2 online 1']);
  });

  it('S4 what the projection has and cannot be read is rebuilt', async () => {
    const first = await startService();
    await oneDies();
    await caughtUp();
    await first.stop();
    const corrupt = createFaultyStore(realStore);
    corrupt.load = () => Promise.reject(new LivenessStoreError('EARSHOT_STORE_CORRUPT', 'half of it is missing'));
    await startService({ store: corrupt });
    await listen(1, async () => heartbeat('s1'));
    await caughtUp();
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2', 's1 online 3']));
  });

  it('H10 an owner that wakes up after another has gone on writes nothing, loads anew and agrees', async () => {
    await startService();
    await oneDies();
    await caughtUp();
    const stored = await realStore.load(PARTITION);
    const ahead = { ...stored!.state, position: stored!.state.position + 1 };
    const commit = {
      partition: PARTITION,
      owner: 'rival',
      expected: stored!.state.position,
      state: ahead,
      systems: [],
      removed: [],
    };
    // The rival folded the record that comes next a moment before us.
    expect(await realStore.commit({ ...commit, publications: [], endSeen: 0, committedAt: 0 })).toEqual({
      accepted: true,
    });
    await knock();
    await listen(1, async () => heartbeat('s1'));
    await caughtUp();
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2', 's1 online 3']));
  });

  it('H23 a record that cannot be read is skipped', async () => {
    await startService();
    await append(HEARTBEATS_TOPIC, 's1', '{"type":"poison"');
    await append(HEARTBEATS_TOPIC, null, null);
    await oneDies();
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2']));
  });

  it('H38 a projection that is ahead of the log is refused with a code', async () => {
    await startService();
    await oneDies();
    await caughtUp();
    await Promise.all(services.splice(0).map((service) => service.stop()));
    const other = await openSqliteEventLog({ path: null, clock, maintenanceIntervalMs: null });
    await other.prepare(topicSpecs({ partitions: 1 }));
    await startService({ log: other });
    await settled(async () => expect(fatal).toMatchObject([{ code: 'EARSHOT_LOG_POSITION_BEYOND_END' }]));
    await Promise.all(services.splice(0).map((service) => service.stop()));
    await other.close();
  });

  it('a retired system is withdrawn from what is published', async () => {
    await startService();
    await oneDies();
    await say('s1', { type: 'system', revision: 5, retired: true });
    await settled(async () => {
      const withdrawn: string[] = [];
      await readTail(log, { topic: TRANSITIONS_TOPIC, partition: PARTITION, positionsMax: 100 }, (record) => {
        if (record.value === null) withdrawn.push(record.key ?? '');
      });
      expect(withdrawn).toEqual(['s1']);
    });
  });

  it('T4 an outage of ours is recorded, published and excluded', async () => {
    await startService();
    await listen(1);
    await heartbeat('s1');
    await listen(2);
    await clock.advance(60_000);
    await listen(10, async () => heartbeat('s1'));
    await caughtUp();
    expect(await publishedWords()).toEqual(['s1 online 1']);
    const events: string[] = [];
    await readTail(log, { topic: INCIDENTS_TOPIC, partition: PARTITION, positionsMax: 100 }, (record) => {
      events.push((JSON.parse(record.value ?? '') as { type: string }).type);
    });
    expect(events).toContain('io.earshot.outage.recorded.v1');
  });

  it.each([
    ['back by an hour', -3_600_000],
    ['forward by an hour', 3_600_000],
    ['back by two seconds', -2_000],
  ])('T1 H13 a wall clock set %s reports nobody who goes on sending', async (_which, stepMs) => {
    await startService();
    await listen(20, async () => heartbeat('s1'));
    clock.setWall(clock.wallNow() + stepMs);
    await listen(40, async (second) => (second % 5 === 0 ? heartbeat('s1') : undefined));
    await caughtUp();
    expect(await publishedWords()).toEqual(['s1 online 1']);
    await listen(17);
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2']));
  });

  it('S2 H41 a log that was cut while nobody owned the partition is gone on with, closed and counted', async () => {
    const first = await startService();
    await listen(1);
    await heartbeat('s1');
    await listen(5);
    await caughtUp();
    await first.stop();
    await listen(30);
    await log.maintain();
    expect((await log.ends(HEARTBEATS_TOPIC))[PARTITION]?.first).toBeGreaterThan(10);
    await startService();
    await caughtUp();
    expect(await publishedWords()).toEqual(['s1 online 1']);
    expect((await realStore.load(PARTITION))?.state.ledger.map(({ cause }) => cause)).toContain('records_lost');
    await listen(LISTENER_LEAVE_MS / 1_000 + 16);
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2']));
  });

  /** Registry entry and notice, as the registry's writer makes them. */
  const enter = async (systemId: string, settings: { readonly ttlMs: number; readonly paused?: boolean }) => {
    const { ttlMs, paused = false } = settings;
    const entry = {
      type: 'system',
      system_id: systemId,
      fleet: 'default',
      interval_ms: 5_000,
      ttl_ms: ttlMs,
      paused,
      credentials: [],
    };
    const revision = await append(REGISTRY_TOPIC, systemKey(systemId), JSON.stringify(entry));
    await say(systemId, { type: 'system', revision, ttl_ms: ttlMs, paused, fleet: 'default' });
    return revision;
  };
  const rebuild = async (): Promise<LivenessStore> => {
    await caughtUp();
    await Promise.all(services.splice(0).map((service) => service.stop()));
    const empty = await openSqliteLivenessStore({ path: null });
    await startService({ store: empty });
    const end = (await log.ends(HEARTBEATS_TOPIC))[PARTITION]?.end ?? 0;
    await settled(async () => expect((await empty.load(PARTITION))?.state.position).toBe(end - 1));
    return empty;
  };

  it('G1 S4 a rebuild does not judge a pause that is over by the settings of now', async () => {
    await startService();
    await enter('s1', { ttlMs: TTL_MS });
    await listen(2, async () => heartbeat('s1'));
    await enter('s1', { ttlMs: TTL_MS, paused: true });
    await listen(40);
    const revision = await enter('s1', { ttlMs: TTL_MS });
    const beat = () => say('s1', { type: 'heartbeat', ttl_ms: TTL_MS, fleet: 'default', revision });
    await listen(2, beat);
    await rebuild();
    await listen(3, beat);
    expect(await publishedWords()).toEqual(['s1 online 1']);
    await listen(16);
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2']));
  });

  it('G1 S4 a rebuild does not judge by a ttl that was shortened since', async () => {
    await startService();
    const first = await enter('s1', { ttlMs: 4 * TTL_MS });
    await listen(60, async (second) =>
      second % 20 === 0
        ? say('s1', { type: 'heartbeat', ttl_ms: 4 * TTL_MS, fleet: 'default', revision: first })
        : undefined,
    );
    const revision = await enter('s1', { ttlMs: TTL_MS });
    await listen(4, async () => say('s1', { type: 'heartbeat', ttl_ms: TTL_MS, fleet: 'default', revision }));
    await rebuild();
    expect(await publishedWords()).toEqual(['s1 online 1']);
  });

  it('L10 a partition whose delivery stopped makes us unready, and is begun again', async () => {
    let delivery: OwnershipHandler | undefined;
    const watched: EventLog = {
      prepare: (topics) => log.prepare(topics),
      append: (records) => log.append(records),
      own: (topic, group, handler) => {
        delivery = handler;
        return log.own(topic, group, handler);
      },
      readFrom: (topic, partition, position, handler) => log.readFrom(topic, partition, position, handler),
      readTable: (topic, partition, handler) => log.readTable(topic, partition, handler),
      ends: (topic) => log.ends(topic),
      close: () => log.close(),
    };
    const service = await startService({ log: watched });
    await oneDies();
    await caughtUp();
    delivery?.failed(PARTITION, new EventLogError('EARSHOT_LOG_UNAVAILABLE', 'the disk does not give it back'));
    expect(service.health()).toEqual({ ready: false, reasons: ['delivery of partitions has stopped'] });
    await heartbeat('s1');
    await settled(async () => expect(await publishedWords()).toEqual(['s1 online 1', 's1 offline 2', 's1 online 3']));
    expect(service.health().ready).toBe(true);
  });

  it('S4 registered systems that never spoke are unseen after a rebuild', async () => {
    const entry = {
      type: 'system',
      system_id: 'quiet',
      fleet: 'f',
      interval_ms: 5_000,
      ttl_ms: TTL_MS,
      credentials: [],
    };
    await append(REGISTRY_TOPIC, systemKey('quiet'), JSON.stringify(entry));
    await listen(1);
    await startService();
    await settled(async () =>
      expect((await realStore.load(PARTITION))?.systems).toMatchObject([
        { systemId: 'quiet', state: 'unseen', fleet: 'f' },
      ]),
    );
  });
});

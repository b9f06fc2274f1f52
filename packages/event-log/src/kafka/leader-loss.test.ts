import { exec } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TopicSpec } from '@earshot/contracts';
import type { AppendOutcome, EventLog, LogRecord } from '../port/index.ts';
import { openKafkaEventLog } from './index.ts';
import { repairKafkajs } from './client/kafkajs-repairs.ts';
import { describeWith, testCluster, type TestCluster } from './testing/test-brokers.ts';
import { settingsOfTopic } from './topics/topic-settings.ts';

const DAY_MS = 86_400_000;
const SPREAD: TopicSpec = { name: 'spread.v1', partitions: 6, cleanup: { kind: 'delete', retentionMs: DAY_MS } };
/** Each partition has one replica; the one of partition 1 is on the broker that dies. */
const LONELY: TopicSpec = { name: 'lonely.v1', partitions: 3, cleanup: { kind: 'delete', retentionMs: DAY_MS } };
const DEAD_PARTITION = 1;

/** Rounds of appends before the kill, and good ones in a row after it until the cluster counts as well again. */
const ROUNDS_BEFORE = 40;
const ROUNDS_AFTER = 40;

/** Longer than anything the client remembers of the brokers, so that it has looked at the topic without a leader. */
const DEAF_MS = 12_000;

/** Far above the 3 s in which the controller notices and the 3 s of a request. */
const ELECTION_MS_MAX = 15_000;

interface Acknowledged {
  readonly partition: number;
  readonly position: number;
  readonly value: string;
}

const createLonely = async (admin: Admin, topic: string, replicas: readonly number[]): Promise<void> => {
  await admin.createTopics({
    topics: [
      {
        topic,
        replicaAssignment: replicas.map((broker, partition) => ({ partition, replicas: [broker] })),
        configEntries: Object.entries(settingsOfTopic(LONELY, 1)).map(([name, value]) => ({ name, value })),
      },
    ],
  });
};

const readToEnd = async (log: EventLog, topic: string, partition: number): Promise<readonly LogRecord[]> => {
  const { first, end } = (await log.ends(topic))[partition]!;
  const records: LogRecord[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const reading = await log.readFrom(topic, partition, first, {
    records: (batch) => {
      records.push(...batch.records);
      if (batch.records.at(-1)!.position + 1 >= end) resolve();
    },
    failed: reject,
  });
  await promise;
  await reading.stop();
  return records;
};

describeWith('a broker killed under traffic', testCluster(), ({ brokers, kill }: TestCluster) => {
  repairKafkajs();
  const prefix = `earshot-test-${randomUUID()}.`;
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  const acknowledged: Acknowledged[] = [];
  const heard = new Map<number, string[]>();
  let log: EventLog;
  let refused = 0;

  const append = async (topic: string, partitions: number, value: string): Promise<readonly AppendOutcome[]> => {
    const records = Array.from({ length: partitions }, (_, partition) => ({ topic, partition, key: 'key', value }));
    return log.append(records);
  };

  /** One record for each partition; whether all of them were acknowledged. */
  const round = async (n: number): Promise<boolean> => {
    const value = `round ${n}`;
    const outcomes = await append(SPREAD.name, SPREAD.partitions, value);
    for (const [partition, outcome] of outcomes.entries()) {
      if ('position' in outcome) acknowledged.push({ partition, position: outcome.position, value });
      else refused += 1;
    }
    return outcomes.every((outcome) => 'position' in outcome);
  };

  const roundsUntilWell = async (): Promise<void> => {
    for (let n = ROUNDS_BEFORE, good = 0; good < ROUNDS_AFTER; n += 1) good = (await round(n)) ? good + 1 : 0;
  };

  beforeAll(async () => {
    await admin.connect();
    log = await openKafkaEventLog({ brokers, prefix, replicationFactor: 3, minInsyncReplicas: 2 });
    await log.prepare([SPREAD]);
    const { topics } = await admin.fetchTopicMetadata({ topics: [`${prefix}${SPREAD.name}`] });
    const victim = topics[0]!.partitions.find(({ partitionId }) => partitionId === 0)!.leader;
    const ids = (await admin.describeCluster()).brokers.map(({ nodeId }) => nodeId);
    const others = ids.filter((id) => id !== victim);
    await createLonely(admin, `${prefix}${LONELY.name}`, [others[0]!, victim, others[1]!]);
    await log.ends(LONELY.name);
    await log.own(LONELY.name, 'owner', {
      assigned: async () => 0,
      records: async ({ partition, records }) => {
        heard.set(partition, [...(heard.get(partition) ?? []), ...records.map(({ value }) => value ?? '')]);
      },
      revoked: () => undefined,
      failed: () => undefined,
    });
    for (let n = 0; n < ROUNDS_BEFORE; n += 1) {
      await round(n);
      await append(LONELY.name, LONELY.partitions, `before ${n}`);
    }
    let isKilled = false;
    const killed = promisify(exec)(kill.replace('{}', `${victim}`)).finally(() => (isKilled = true));
    for (let n = -1; !isKilled; n -= 1) await round(n);
    await killed;
  }, 60_000);

  afterAll(async () => {
    await log.close();
    await admin.deleteTopics({ topics: [SPREAD, LONELY].map(({ name }) => `${prefix}${name}`) }).catch(() => undefined);
    await admin.disconnect();
  }, 60_000);

  it('L8 the partitions of a dead leader take records again after the election', { timeout: 60_000 }, async () => {
    const killedAt = performance.now();
    await roundsUntilWell();
    const tookMs = Math.round(performance.now() - killedAt);
    process.stderr.write(`well again after ${tookMs} ms, ${refused} records refused\n`);
    expect(tookMs).toBeLessThan(ELECTION_MS_MAX);
  });

  it('L3 no acknowledged record is lost with the leader of its partition', { timeout: 60_000 }, async () => {
    const found = await Promise.all(
      Array.from({ length: SPREAD.partitions }, (_, partition) => readToEnd(log, SPREAD.name, partition)),
    );
    const lost = acknowledged.filter(({ partition, position, value }) => found[partition]?.[position]?.value !== value);
    expect(acknowledged.length).toBeGreaterThan(SPREAD.partitions * ROUNDS_BEFORE);
    expect(lost).toEqual([]);
  });

  it('L8 a partition that has lost its only replica fails alone, for good', { timeout: 60_000 }, async () => {
    const until = performance.now() + DEAF_MS;
    let appended = 0;
    while (performance.now() < until) {
      const outcomes = await append(LONELY.name, LONELY.partitions, `deaf ${appended}`);
      expect(outcomes.map((outcome) => 'position' in outcome)).toEqual([true, false, true]);
      expect(outcomes[DEAD_PARTITION]).toHaveProperty('error.code', 'EARSHOT_LOG_UNAVAILABLE');
      appended += 1;
    }
    for (const partition of [0, 2]) {
      await expect.poll(() => heard.get(partition)?.at(-1), { timeout: 15_000 }).toBe(`deaf ${appended - 1}`);
    }
  });
});

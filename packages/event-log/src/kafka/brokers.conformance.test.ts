import { randomUUID } from 'node:crypto';
import { setTimeout as realTime } from 'node:timers/promises';
import { Kafka, logLevel, type Admin, type ConfigEntries, type KafkaMessage } from 'kafkajs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { TopicSpec } from '@earshot/contracts';
import type { EventLog, EventLogError } from '../port/index.ts';
import { openKafkaEventLog, type KafkaEventLogOptions, type KafkaLogLine } from './index.ts';
import { repairKafkajs } from './client/kafkajs-repairs.ts';
import { describeWith, testBrokers } from './testing/test-brokers.ts';
import { settingsOfTopic } from './topics/topic-settings.ts';

const SPEC: TopicSpec = {
  name: 'records.v1',
  partitions: 2,
  cleanup: { kind: 'delete', retentionMs: 21_600_000 },
  contentType: 'application/cloudevents+json; charset=utf-8',
};

/** After which the group gives up a member that shows no life. */
const SESSION_MS = 6_000;

const TOPIC_RESOURCE = 2;
const SET_ON_TOPIC = 1;

const errorOf = async (work: Promise<unknown>): Promise<EventLogError> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toHaveProperty('code');
  return error as EventLogError;
};

describeWith('on real brokers', testBrokers(), (brokers) => {
  repairKafkajs();
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const admin: Admin = kafka.admin();
  const logs: EventLog[] = [];
  const lines: KafkaLogLine[] = [];
  const run = `earshot-test-${randomUUID()}`;
  let prefix: string;

  const open = async (options: Partial<KafkaEventLogOptions> = {}): Promise<EventLog> => {
    const log = await openKafkaEventLog({ brokers, prefix, logged: (line) => lines.push(line), ...options });
    logs.push(log);
    return log;
  };

  const topic = (): string => `${prefix}${SPEC.name}`;

  const settingsNow = async (): Promise<readonly ConfigEntries[]> => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: TOPIC_RESOURCE, name: topic() }],
    });
    return resources[0]?.configEntries ?? [];
  };

  const valueOf = async (name: string): Promise<string | undefined> =>
    (await settingsNow()).find(({ configName }) => configName === name)?.configValue;

  const createTopic = async (settings: Readonly<Record<string, string>>): Promise<void> => {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    await admin.createTopics({ topics: [{ topic: topic(), numPartitions: SPEC.partitions, configEntries }] });
  };

  const readRaw = async (): Promise<KafkaMessage> => {
    const consumer = kafka.consumer({ groupId: `${prefix}raw` });
    const { promise, resolve } = Promise.withResolvers<KafkaMessage>();
    await consumer.connect();
    await consumer.subscribe({ topics: [topic()], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachMessage: async ({ message }) => resolve(message) });
    const message = await promise;
    await consumer.disconnect();
    return message;
  };

  beforeAll(() => admin.connect());

  beforeEach(() => {
    prefix = `${run}-${randomUUID()}.`;
    lines.length = 0;
  });

  afterAll(async () => {
    for (const log of logs) await log.close();
    const topics = (await admin.listTopics()).filter((name) => name.startsWith(run));
    await admin.deleteTopics({ topics });
    const groups = (await admin.listGroups()).groups.map(({ groupId }) => groupId);
    await admin.deleteGroups(groups.filter((groupId) => groupId.startsWith(run)));
    await admin.disconnect();
  });

  it('prepare gives a new topic every setting that the guarantees rest on', async () => {
    const log = await open();
    await log.prepare([SPEC]);
    const own = (await settingsNow()).filter(({ configSource }) => configSource === SET_ON_TOPIC);
    expect(Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]))).toEqual(
      settingsOfTopic(SPEC, 1),
    );
  });

  it('prepare takes over another retention, and leaves alone what others have set', async () => {
    await createTopic({ ...settingsOfTopic(SPEC, 1), 'flush.messages': '1000', 'retention.ms': '1000' });
    const log = await open();
    await log.prepare([SPEC]);
    expect(await valueOf('retention.ms')).toBe('21600000');
    expect(await valueOf('flush.messages')).toBe('1000');
    expect(lines).toContainEqual(expect.objectContaining({ level: 'info', message: 'topic settings changed' }));
  });

  it("prepare refuses a topic with the client's time, with the command that helps, and changes nothing", async () => {
    await createTopic({ 'message.timestamp.type': 'CreateTime', 'retention.ms': '1000' });
    const error = await errorOf((await open()).prepare([SPEC]));
    expect(error.code).toBe('EARSHOT_LOG_TOPIC_MISMATCH');
    expect(error.message).toContain(`--entity-name ${topic()} --add-config message.timestamp.type=LogAppendTime`);
    expect(await valueOf('retention.ms')).toBe('1000');
  });

  it("T1 a record in a topic with the client's time is not acknowledged", async () => {
    await createTopic({ 'message.timestamp.type': 'CreateTime' });
    const [outcome] = await (await open()).append([{ topic: SPEC.name, partition: 0, key: 'a', value: '{}' }]);
    expect(outcome).toMatchObject({ error: { mayHaveLanded: true } });
  });

  it('where topics are not ours to create, a missing one is refused with the command that makes it', async () => {
    const log = await open({ createTopics: false });
    const error = await errorOf(log.prepare([SPEC]));
    expect(error.code).toBe('EARSHOT_LOG_UNKNOWN_TOPIC');
    expect(error.message).toContain(`--create --topic ${topic()} --partitions 2 --replication-factor 1 --config`);
    expect(await admin.listTopics()).not.toContain(topic());
  });

  it('where topics are not ours to create, other settings are told with the command, and stay', async () => {
    await createTopic({ ...settingsOfTopic(SPEC, 1), 'retention.ms': '1000' });
    await (await open({ createTopics: false })).prepare([SPEC]);
    expect(await valueOf('retention.ms')).toBe('1000');
    expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', message: 'topic settings differ' }));
  });

  it('a replication that the cluster cannot give is refused by its code', async () => {
    const error = await errorOf((await open({ replicationFactor: 9 })).prepare([SPEC]));
    expect(error.code).toBe('EARSHOT_LOG_TOPIC_MISMATCH');
    expect(error.message).toContain('INVALID_REPLICATION_FACTOR');
  });

  it('two services may prepare the same topics at the same time', async () => {
    const [one, other] = [await open(), await open()];
    await Promise.all([one.prepare([SPEC]), other.prepare([SPEC])]);
    expect(await one.ends(SPEC.name)).toHaveLength(2);
  });

  it('records carry the content type of their topic', async () => {
    const log = await open();
    await log.prepare([SPEC]);
    await log.append([{ topic: SPEC.name, partition: 0, key: 'a', value: '{}' }]);
    expect(`${String((await readRaw()).headers?.['content-type'])}`).toBe(SPEC.contentType);
  });

  it("H28 a group's own offsets are never written", async () => {
    const log = await open();
    await log.prepare([SPEC]);
    await log.append([{ topic: SPEC.name, partition: 0, key: 'a', value: '{}' }]);
    const { promise: taken, resolve } = Promise.withResolvers<void>();
    const ownership = await log.own(SPEC.name, 'liveness', {
      assigned: async (_partition, { first }) => first,
      records: async () => resolve(),
      revoked: () => undefined,
      failed: () => undefined,
    });
    await taken;
    await ownership.stop();
    const [offsets] = await admin.fetchOffsets({ groupId: `${prefix}liveness.${SPEC.name}`, topics: [topic()] });
    expect(offsets?.partitions.map(({ offset }) => offset)).toEqual(['-1', '-1']);
  });

  it('H37 a handler that takes longer than a session keeps its partition, and the others go on', async () => {
    const log = await open();
    await log.prepare([SPEC]);
    const all = [0, 1].map((partition) => ({ topic: SPEC.name, partition, key: 'a', value: '{}' }));
    const told: string[] = [];
    const begun = Promise.withResolvers<void>();
    const ownership = await log.own(SPEC.name, 'liveness', {
      assigned: async (partition, { first }) => {
        told.push(`assigned ${partition}`);
        return first;
      },
      records: async ({ partition, records }) => {
        told.push(`records ${partition}/${records.map(({ position }) => position).join(' ')}`);
        if (partition === 1) return;
        begun.resolve();
        await realTime(SESSION_MS + 1_500);
        told.push('slow one done');
      },
      revoked: (partition) => told.push(`revoked ${partition}`),
      failed: () => undefined,
    });
    await log.append(all);
    await begun.promise;
    await log.append(all);
    await expect.poll(() => told, { timeout: SESSION_MS / 2 }).toContain('records 1/1');
    expect(told).not.toContain('slow one done');
    await expect.poll(() => told, { timeout: 2 * SESSION_MS }).toContain('records 0/1');
    expect(told.filter((each) => each.startsWith('assigned'))).toHaveLength(2);
    expect(told.filter((each) => each.startsWith('revoked'))).toEqual([]);
    void ownership.stop();
  });

  it('readers leave no group behind', async () => {
    const log = await open();
    await log.prepare([SPEC]);
    const handler = { records: () => undefined, failed: () => undefined };
    const reading = await log.readFrom(SPEC.name, 1, 0, handler);
    await reading.stop();
    const { groups } = await admin.listGroups();
    expect(groups.filter(({ groupId }) => groupId.startsWith(prefix))).toEqual([]);
  });

  it('L13 no broker at the address is a coded refusal to open', { timeout: 20_000 }, async () => {
    const error = await errorOf(openKafkaEventLog({ brokers: ['127.0.0.1:1'] }));
    expect(error.code).toBe('EARSHOT_LOG_UNAVAILABLE');
  });
});

import { randomUUID } from 'node:crypto';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import type { TopicSpec } from '@earshot/contracts';
import type { EventLogHarness, Lacking, LogStorage } from '../../conformance/index.ts';
import type { EventLog } from '../../port/index.ts';
import { openKafkaEventLog } from '../index.ts';
import { repairKafkajs } from '../client/kafkajs-repairs.ts';
import { crashWhileAppending } from './crash.ts';
import { holdWire } from './stalled-wire.ts';
import { awaitCompaction, expireTopic, setCompaction } from './topic-upkeep.ts';

const LIMITS = { recordBytesMax: 1_048_000, batchRecordsMax: 100, batchBytesMax: 65_536, appendDeadlineMs: 5_000 };

const lacking = (lacks: string): Lacking => ({ lacks });

/** Deletes whatever was made under the prefix. */
const sweep = async (admin: Admin, prefix: string): Promise<void> => {
  const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix));
  if (topics.length > 0) await admin.deleteTopics({ topics });
  const { groups } = await admin.listGroups();
  const mine = groups.map(({ groupId }) => groupId).filter((groupId) => groupId.startsWith(prefix));
  if (mine.length > 0) await admin.deleteGroups(mine).catch(() => undefined);
};

/** The log, whose compacted topics are made ready to be compacted in a moment. */
const withSmallSegments = (log: EventLog, makeReady: (topic: TopicSpec) => Promise<void>): EventLog => ({
  prepare: async (topics) => {
    await log.prepare(topics);
    for (const topic of topics) if (topic.cleanup.kind === 'compact') await makeReady(topic);
  },
  append: (records) => log.append(records),
  own: (topic, group, handler) => log.own(topic, group, handler),
  // oxlint-disable-next-line eslint/max-params -- the port's signature
  readFrom: (topic, partition, position, handler) => log.readFrom(topic, partition, position, handler),
  readTable: (topic, partition, handler) => log.readTable(topic, partition, handler),
  ends: (topic) => log.ends(topic),
  close: () => log.close(),
});

const createStorage = async (brokers: readonly string[]): Promise<LogStorage> => {
  repairKafkajs();
  const prefix = `earshot-test-${randomUUID()}.`;
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const wire = holdWire();
  const admin = kafka.admin();
  await admin.connect();
  return {
    open: async () => {
      const log = await openKafkaEventLog({ ...LIMITS, brokers, prefix });
      return withSmallSegments(log, ({ name }) => setCompaction(admin, `${prefix}${name}`, 'waits'));
    },
    dispose: async () => {
      wire.release();
      await sweep(admin, prefix);
      await admin.disconnect();
    },
    durable: true,
    clock: lacking("the broker's clock is its machine's"),
    fullDisk: lacking('needs a disk of its own under the broker'),
    stall: wire,
    brokenPartition: lacking('needs brokers that can be killed; proven by leader-loss.test.ts'),
    expire: (_log, topic) => expireTopic(admin, `${prefix}${topic}`),
    compact: async (_log, topic) => {
      await setCompaction(admin, `${prefix}${topic}`, 'works');
      await awaitCompaction(kafka, admin, `${prefix}${topic}`);
    },
    crash: (topic) => crashWhileAppending({ brokers, prefix, topic }),
  };
};

/** Logs on real brokers, each with topics of its own. */
export const kafkaHarness = (brokers: readonly string[]): EventLogHarness => ({
  limits: LIMITS,
  createStorage: () => createStorage(brokers),
});

import { setTimeout as realTime } from 'node:timers/promises';
import type { Admin, Kafka, KafkaMessage } from 'kafkajs';

/** What a test asks of the brokers behind the log's back. */

const TOPIC_RESOURCE = 2;

/** The smallest that Kafka takes: every append that comes 2 ms after a segment's first record begins another. */
const SEGMENT_MS = 1;

/** Between two looks at what is left: the cleaner tells nobody when it was there. */
const LOOK_MS = 300;

/** Retention of everything there is, as if it had grown old. */
export const expireTopic = async (admin: Admin, topic: string): Promise<void> => {
  const offsets = await admin.fetchTopicOffsets(topic);
  const partitions = offsets.map(({ partition, high }) => ({ partition, offset: high }));
  await admin.deleteTopicRecords({ topic, partitions });
};

/** A compacted topic in many small segments, which the cleaner leaves alone, or cleans as soon as it comes by. */
export const setCompaction = async (admin: Admin, topic: string, cleaner: 'waits' | 'works'): Promise<void> => {
  const settings = {
    'cleanup.policy': 'compact',
    'message.timestamp.type': 'LogAppendTime',
    'unclean.leader.election.enable': 'false',
    'min.compaction.lag.ms': '0',
    'segment.ms': `${SEGMENT_MS}`,
    // The share of a partition that has not been cleaned yet must be above this; it is never above 1.
    'min.cleanable.dirty.ratio': cleaner === 'waits' ? '1' : '0.001',
  };
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: TOPIC_RESOURCE, name: topic, configEntries }] });
};

/** Waits until the cleaner has taken what it may from a topic of one partition. */
export const awaitCompaction = async (kafka: Kafka, admin: Admin, topic: string): Promise<void> => {
  const [bounds] = await admin.fetchTopicOffsets(topic);
  const end = Number(bounds?.high);
  while (hasSuperseded(await readTopic(kafka, topic, end))) await realTime(LOOK_MS);
};

/** Whether a key has an older value outside the segment being written, which is never cleaned. */
const hasSuperseded = (messages: readonly KafkaMessage[]): boolean => {
  const newest = Number(messages.at(-1)?.timestamp);
  const closed = messages.filter(({ timestamp }) => Number(timestamp) < newest - SEGMENT_MS);
  return new Set(closed.map(({ key }) => key?.toString())).size < closed.length;
};

const readTopic = async (kafka: Kafka, topic: string, end: number): Promise<readonly KafkaMessage[]> => {
  const consumer = kafka.consumer({ groupId: `${topic}-upkeep-${Math.random()}`, maxWaitTimeInMs: 50 });
  const messages: KafkaMessage[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      messages.push(...batch.messages);
      if (Number(batch.lastOffset()) + 1 >= end) resolve();
    },
  });
  await promise;
  await consumer.disconnect();
  return messages;
};

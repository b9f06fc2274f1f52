import type { CheckedRecord } from '../appending/record-check.ts';
import type { KnownTopic } from '../topics/topic-directory.ts';

/** A topic of three partitions. */
export const topicOf = (overrides: Partial<KnownTopic> = {}): KnownTopic => ({
  name: 'records.v1',
  kafkaName: 'earshot.records.v1',
  partitions: 3,
  isCompacted: false,
  contentType: null,
  ...overrides,
});

/** A record as it joins the line of its partition. */
export const checkedRecord = (partition: number, value: string, bytes = 100): CheckedRecord => ({
  topic: topicOf(),
  partition,
  message: { key: 'key', value, partition },
  bytes,
});

import type { Message } from 'kafkajs';
import { EventLogError, type NewRecord } from '../../port/index.ts';
import type { KnownTopic } from '../topics/topic-directory.ts';

/** An offered record as it goes to a partition. */
export interface CheckedRecord {
  readonly topic: KnownTopic;
  readonly partition: number;
  readonly message: Message;
  /** What it takes in a batch at most, its surroundings included. */
  readonly bytes: number;
}

/**
 * Length, attributes, differences of time and position, lengths of key and value as varints, and the number of headers.
 */
const RECORD_OVERHEAD_BYTES = 40;
const CONTENT_TYPE = 'content-type';

/**
 * The record ready to be sent, or why it cannot be: its partition does not exist, or it is too large. Throws TypeError
 * for a record without key in a compacted topic.
 */
export const checkRecord = (
  { partition, key, value }: NewRecord,
  topic: KnownTopic,
  recordBytesMax: number,
): CheckedRecord | EventLogError => {
  if (!Number.isInteger(partition) || partition < 0 || partition >= topic.partitions) {
    return new EventLogError('EARSHOT_LOG_UNKNOWN_TOPIC', `There is no ${topic.kafkaName}/${partition}.`);
  }
  if (topic.isCompacted && key === null) {
    throw new TypeError(`A record of the compacted topic ${topic.name} needs a key.`);
  }
  const size = (key === null ? 0 : Buffer.byteLength(key)) + (value === null ? 0 : Buffer.byteLength(value));
  if (size > recordBytesMax) {
    return new EventLogError('EARSHOT_LOG_RECORD_TOO_LARGE', `A record has ${size} bytes, above ${recordBytesMax}.`);
  }
  const { contentType } = topic;
  const header = contentType === null ? 0 : CONTENT_TYPE.length + Buffer.byteLength(contentType) + 4;
  const message: Message = { key, value, partition };
  if (contentType !== null) message.headers = { [CONTENT_TYPE]: contentType };
  return { topic, partition, message, bytes: size + header + RECORD_OVERHEAD_BYTES };
};

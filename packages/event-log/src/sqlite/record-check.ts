import { EventLogError, type NewRecord } from '../port/index.ts';
import type { QueuedRecord } from './append-group.ts';
import type { StreamDirectory } from './stream.ts';

/**
 * An offered record as it goes into the queue, or why it cannot: its topic or partition does not exist, or it is too large. Throws
 * TypeError for a record without key in a compacted topic.
 */
export const checkRecord = (
  record: NewRecord,
  streams: StreamDirectory,
  recordBytesMax: number,
): QueuedRecord | EventLogError => {
  const { topic, partition, key, value } = record;
  const stream = streams.of(topic)?.[partition];
  if (stream === undefined) return new EventLogError('EARSHOT_LOG_UNKNOWN_TOPIC', `There is no ${topic}/${partition}.`);
  if (stream.compacted && key === null) throw new TypeError(`A record of the compacted topic ${topic} needs a key.`);
  const bytes = (key === null ? 0 : Buffer.byteLength(key)) + (value === null ? 0 : Buffer.byteLength(value));
  if (bytes > recordBytesMax) {
    return new EventLogError('EARSHOT_LOG_RECORD_TOO_LARGE', `A record has ${bytes} bytes, above ${recordBytesMax}.`);
  }
  return { stream, key, value, bytes };
};

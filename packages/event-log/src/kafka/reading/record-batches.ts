import type { KafkaMessage } from 'kafkajs';
import type { LogRecord } from '../../port/index.ts';

export interface BatchLimits {
  readonly recordsMax: number;
  readonly bytesMax: number;
}

/**
 * What was fetched, in the sizes a handler gets at a time. Records are decoded when their batch is asked for: a large
 * fetch costs the event loop one batch at a time.
 */
export function* inBatches(
  messages: readonly KafkaMessage[],
  limits: BatchLimits,
): Generator<readonly LogRecord[], void, void> {
  let batch: LogRecord[] = [];
  let bytes = 0;
  for (const message of messages) {
    batch.push(toLogRecord(message));
    bytes += (message.key?.length ?? 0) + (message.value?.length ?? 0);
    if (batch.length >= limits.recordsMax || bytes >= limits.bytesMax) {
      yield batch;
      batch = [];
      bytes = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

/** Strings of their own: a slice of the fetch would keep all of it. */
const toLogRecord = ({ offset, timestamp, key, value }: KafkaMessage): LogRecord => ({
  position: Number(offset),
  appendedAt: Number(timestamp),
  key: key === null ? null : key.toString(),
  value: value === null ? null : value.toString(),
});

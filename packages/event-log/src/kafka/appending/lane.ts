import type { Message } from 'kafkajs';
import type { AppendCall } from './append-call.ts';
import { BATCH_BYTES_MAX } from '../options.ts';

/** A record in line for its partition. */
export interface QueuedRecord {
  readonly message: Message;
  readonly bytes: number;
  readonly call: AppendCall;
  /** In the order of the call. */
  readonly place: number;
  /** Given to the brokers: from then on it may land. */
  isSent: boolean;
}

/** The records of one partition in the order they came. */
export interface Lane {
  readonly kafkaName: string;
  readonly partition: number;
  readonly waiting: QueuedRecord[];
  /** Sent by itself, and not answered yet. */
  isSending: boolean;
  /** Its newest send failed: until one succeeds it is sent by itself. */
  isSuspect: boolean;
}

/** What one send has room for. */
export interface SendRoom {
  records: number;
  bytes: number;
}

/** Header of a batch of records. */
const BATCH_HEADER_BYTES = 61;

/** Records of one send: kafkajs groups them by partition in time that grows with the square of a partition's share. */
const SEND_RECORDS_MAX = 5_000;
/** Bytes of one send. Raised: one send holds the others longer than a knock may be late. */
const SEND_BYTES_MAX: number = 4 * BATCH_BYTES_MAX;

export const emptySend = (): SendRoom => ({ records: SEND_RECORDS_MAX, bytes: SEND_BYTES_MAX });

/**
 * Takes from the head of the lane what fits in one batch and in the room that is left, and takes that off the room.
 * Records whose call has given up on them are dropped on the way.
 */
export const takeFromLane = ({ waiting }: Lane, room: SendRoom): readonly QueuedRecord[] => {
  const taken: QueuedRecord[] = [];
  let batchBytes = BATCH_HEADER_BYTES;
  let passed = 0;
  for (const record of waiting) {
    if (!record.call.isSettled(record.place)) {
      if (room.records < 1 || room.bytes < record.bytes || batchBytes + record.bytes > BATCH_BYTES_MAX) break;
      record.isSent = true;
      taken.push(record);
      batchBytes += record.bytes;
      room.records -= 1;
      room.bytes -= record.bytes;
    }
    passed += 1;
  }
  waiting.splice(0, passed);
  return taken;
};

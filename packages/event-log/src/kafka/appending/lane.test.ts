import { describe, expect, it } from 'vitest';
import { createAppendCall } from './append-call.ts';
import { emptySend, takeFromLane, type Lane, type QueuedRecord } from './lane.ts';
import { BATCH_BYTES_MAX } from '../options.ts';

const laneOf = (...sizes: readonly number[]): Lane => {
  const call = createAppendCall(sizes.length);
  const waiting = sizes.map((bytes, place): QueuedRecord => {
    const message = { key: null, value: `${place}`, partition: 0 };
    return { message, bytes, call, place, isSent: false };
  });
  return { kafkaName: 'a', partition: 0, waiting, isSending: false, isSuspect: false };
};

const placesOf = (records: readonly QueuedRecord[]): readonly number[] => records.map(({ place }) => place);

describe('the line of a partition', () => {
  it('L2 records leave in the order they came', () => {
    const lane = laneOf(100, 100, 100);
    expect(placesOf(takeFromLane(lane, emptySend()))).toEqual([0, 1, 2]);
    expect(lane.waiting).toEqual([]);
  });

  it('a batch is never larger than the broker takes, and the rest stays in order', () => {
    const half = Math.floor(BATCH_BYTES_MAX / 2);
    const lane = laneOf(half, half, 10);
    expect(placesOf(takeFromLane(lane, emptySend()))).toEqual([0]);
    expect(placesOf(takeFromLane(lane, emptySend()))).toEqual([1, 2]);
  });

  it('a small record never overtakes a large one that does not fit', () => {
    const lane = laneOf(100, BATCH_BYTES_MAX - 100, 10);
    expect(placesOf(takeFromLane(lane, emptySend()))).toEqual([0]);
    expect(placesOf(lane.waiting)).toEqual([1, 2]);
  });

  it('takes no more than the send has room for', () => {
    const lane = laneOf(100, 100, 100);
    const room = { records: 2, bytes: 1_000 };
    expect(placesOf(takeFromLane(lane, room))).toEqual([0, 1]);
    expect(room).toEqual({ records: 0, bytes: 800 });
  });

  it('what is taken counts as sent, what has been given up is dropped unsent', () => {
    const lane = laneOf(100, 100);
    const [first, second] = lane.waiting;
    first!.call.settle(0, { position: 0, appendedAt: 0 });
    expect(placesOf(takeFromLane(lane, emptySend()))).toEqual([1]);
    expect([first!.isSent, second!.isSent]).toEqual([false, true]);
  });
});

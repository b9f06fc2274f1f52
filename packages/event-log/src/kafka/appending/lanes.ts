import type { Message, TopicMessages } from 'kafkajs';
import { emptySend, takeFromLane, type Lane, type QueuedRecord, type SendRoom } from './lane.ts';
import type { CheckedRecord } from './record-check.ts';

/** A partition's part of a send. */
export interface SendPart {
  readonly lane: Lane;
  readonly records: readonly QueuedRecord[];
}

/** The lines of all partitions that something was ever offered for. */
export interface Lanes {
  /** Puts the record at the end of its partition's line. */
  join(record: CheckedRecord, queued: QueuedRecord): void;
  /** What one send has room for, of every partition that waits. */
  takeTogether(): readonly SendPart[];
  /** What one send has room for, of each partition that waits and is not being sent. At most `partsMax` parts. */
  takeSingly(partsMax: number): readonly SendPart[];
  isSomeSuspect(): boolean;
}

export const createLanes = (): Lanes => {
  const lanes = new Map<string, Lane>();

  const laneOf = ({ topic: { kafkaName }, partition }: CheckedRecord): Lane => {
    const key = keyOf({ kafkaName, partition });
    const lane = lanes.get(key) ?? { kafkaName, partition, waiting: [], isSending: false, isSuspect: false };
    lanes.set(key, lane);
    return lane;
  };

  /**
   * What fits from a lane, which goes to the end of the line: if not all is sent at once, every partition gets its
   * turn.
   */
  const take = (lane: Lane, room: SendRoom): readonly SendPart[] => {
    if (lane.waiting.length === 0) return [];
    const records = takeFromLane(lane, room);
    if (records.length === 0) return [];
    lanes.delete(keyOf(lane));
    lanes.set(keyOf(lane), lane);
    return [{ lane, records }];
  };

  return {
    join: (record, queued) => void laneOf(record).waiting.push(queued),
    takeTogether: () => {
      const room = emptySend();
      return Array.from(lanes.values()).flatMap((lane) => take(lane, room));
    },
    takeSingly: (partsMax) => {
      const waiting = Array.from(lanes.values()).filter((lane) => !lane.isSending && lane.waiting.length > 0);
      return waiting.slice(0, Math.max(0, partsMax)).flatMap((lane) => take(lane, emptySend()));
    },
    isSomeSuspect: () => Array.from(lanes.values()).some((lane) => lane.isSuspect),
  };
};

/** Parts by topic, as the library takes them. */
export const topicMessagesOf = (parts: readonly SendPart[]): TopicMessages[] => {
  const byTopic = new Map<string, Message[]>();
  for (const { lane, records } of parts) {
    const messages = byTopic.get(lane.kafkaName) ?? [];
    byTopic.set(lane.kafkaName, messages);
    for (const { message } of records) messages.push(message);
  }
  return Array.from(byTopic, ([topic, messages]) => ({ topic, messages }));
};

const keyOf = ({ kafkaName, partition }: Pick<Lane, 'kafkaName' | 'partition'>): string => `${partition}/${kafkaName}`;

import type { EpochMs } from '@earshot/contracts';
import type { AppendOutcome } from '../port/index.ts';
import type { AppendGroup } from './record-appender.ts';
import type { Stream } from './stream.ts';

/** A record whose topic and size have been checked. */
export interface QueuedRecord {
  readonly stream: Stream;
  readonly key: string | null;
  readonly value: string | null;
  readonly bytes: number;
}

/** A group with the streams of this process, those who wait for them included. */
export interface PackedGroup extends AppendGroup {
  readonly streams: readonly Stream[];
}

/** The records in order, as the writer takes them. */
export const packGroup = (records: readonly QueuedRecord[], appendedAt: EpochMs): PackedGroup => {
  const places = new Map<Stream, number>();
  const streamOf: number[] = [];
  const keys: (string | null)[] = [];
  const values: (string | null)[] = [];
  for (const { stream, key, value } of records) {
    let place = places.get(stream);
    if (place === undefined) {
      place = places.size;
      places.set(stream, place);
    }
    streamOf.push(place);
    keys.push(key);
    values.push(value);
  }
  return { appendedAt, streams: [...places.keys()], streamOf, keys, values };
};

/** The group as it can cross to another thread. */
export const groupForWriter = (group: PackedGroup): AppendGroup => ({
  ...group,
  streams: group.streams.map(({ topicId, partition, compacted }) => ({ topicId, partition, compacted })),
});

/** Each record's place in the log: a stream's records follow its first position without a gap. */
export const landedOutcomes = (group: AppendGroup, first: readonly number[]): readonly AppendOutcome[] => {
  const next = [...first];
  return group.streamOf.map((place) => {
    const position = next[place] ?? 0;
    next[place] = position + 1;
    return { position, appendedAt: group.appendedAt };
  });
};

import type { StreamId } from './record-appender.ts';
import type { StoredTopic } from './stored-topic.ts';

/** One partition of one topic in this process, with those who wait for its next record. */
export interface Stream extends StreamId {
  readonly topic: string;
  /** Called once with the next record; whoever is called has to register again. */
  readonly waiting: Set<() => void>;
}

/** All streams of the log by topic; grows when topics are prepared, streams themselves stay the same objects. */
export interface StreamDirectory {
  add(topics: readonly StoredTopic[]): void;
  /** The partitions of the topic in order; undefined if it does not exist. */
  of(topic: string): readonly Stream[] | undefined;
}

export const createStreamDirectory = (): StreamDirectory => {
  const streams = new Map<string, readonly Stream[]>();
  const createStreams = ({ id, name, partitions, cleanup }: StoredTopic): readonly Stream[] =>
    Array.from({ length: partitions }, (_, partition) => ({
      topicId: id,
      topic: name,
      partition,
      compacted: cleanup.kind === 'compact',
      waiting: new Set(),
    }));
  return {
    add: (topics) => {
      for (const topic of topics) if (!streams.has(topic.name)) streams.set(topic.name, createStreams(topic));
    },
    of: (topic) => streams.get(topic),
  };
};

/** Tells everybody who waits for the stream's next record. */
export const wakeWaiting = (stream: Stream): void => {
  const waiting = [...stream.waiting];
  stream.waiting.clear();
  for (const wake of waiting) wake();
};

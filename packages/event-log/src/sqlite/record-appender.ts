import type { EpochMs } from '@earshot/contracts';
import type { DatabaseSync } from 'node:sqlite';
import { rollBackIfOpen } from './database.ts';
import { errorOf, failureOf } from './sqlite-failure.ts';

/** One partition of one topic, as the writer knows it. */
export interface StreamId {
  readonly topicId: number;
  readonly partition: number;
  /** Belongs to a compacted topic: its keys are followed. */
  readonly compacted: boolean;
}

/**
 * Records that become durable together, as columns: an array of strings crosses to the writer's thread at a fraction of the cost
 * of an array of objects.
 */
export interface AppendGroup {
  readonly appendedAt: EpochMs;
  readonly streams: readonly StreamId[];
  /** For each record its place in `streams`, its key and its value. */
  readonly streamOf: readonly number[];
  readonly keys: readonly (string | null)[];
  readonly values: readonly (string | null)[];
}

export interface RecordAppender {
  /**
   * Appends the group durably, all or nothing; answers for each stream the position of its first record, the others follow without
   * a gap. Throws EventLogError; before COMMIT nothing can have landed, at COMMIT it may have.
   */
  append(group: AppendGroup): readonly number[];
}

/** Follows which record of a key is the newest, and notes what compaction may take. */
const createKeyFollower = (
  database: DatabaseSync,
): ((stream: StreamId, position: number, record: { readonly key: string; readonly value: string | null }) => void) => {
  const findNewest = database.prepare('SELECT position FROM newest WHERE topic = ? AND partition = ? AND key = ?');
  const setNewest = database.prepare('INSERT OR REPLACE INTO newest VALUES (?, ?, ?, ?)');
  const addRemovable = database.prepare('INSERT OR IGNORE INTO removable VALUES (?, ?, ?, ?)');
  return ({ topicId, partition }, position, { key, value }) => {
    const previous = Number(findNewest.get(topicId, partition, key)?.['position'] ?? -1);
    if (previous >= 0) addRemovable.run(topicId, partition, 0, previous);
    setNewest.run(topicId, partition, key, position);
    if (value === null) addRemovable.run(topicId, partition, 1, position);
  };
};

/** Positions to be given next. The newest record of a partition is never removed, so the table itself remembers them. */
const createPositions = (
  database: DatabaseSync,
): { next(stream: StreamId): number; keep(stream: StreamId, next: number): void } => {
  const known = new Map<string, number>();
  const findNewest = database.prepare('SELECT max(position) AS newest FROM record WHERE topic = ? AND partition = ?');
  const nameOf = (stream: StreamId): string => `${stream.topicId}/${stream.partition}`;
  const load = (stream: StreamId): number =>
    Number(findNewest.get(stream.topicId, stream.partition)?.['newest'] ?? -1) + 1;
  return {
    next: (stream) => known.get(nameOf(stream)) ?? load(stream),
    keep: (stream, next) => void known.set(nameOf(stream), next),
  };
};

/** The one writer of records. Positions begin at 0, have no gaps and are never given twice, also after a failed append. */
export const createRecordAppender = (database: DatabaseSync): RecordAppender => {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const insert = database.prepare('INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)');
  const followKey = createKeyFollower(database);
  const positions = createPositions(database);

  const insertAll = (group: AppendGroup, next: number[]): void => {
    begin.run();
    for (const [i, streamIndex] of group.streamOf.entries()) {
      const stream = group.streams[streamIndex];
      if (stream === undefined) throw new RangeError(`record ${i} of a group names stream ${streamIndex}`);
      const position = next[streamIndex] ?? 0;
      next[streamIndex] = position + 1;
      const key = group.keys[i] ?? null;
      const value = group.values[i] ?? null;
      insert.run(stream.topicId, stream.partition, position, group.appendedAt, key, value);
      if (stream.compacted && key !== null) followKey(stream, position, { key, value });
    }
  };

  const attempt = <T>(work: () => T, mayHaveLanded: boolean): T => {
    try {
      return work();
    } catch (error) {
      rollBackIfOpen(database);
      throw errorOf(failureOf(error, mayHaveLanded), error);
    }
  };

  return {
    append: (group) => {
      const first = attempt(() => group.streams.map((stream) => positions.next(stream)), false);
      const next = [...first];
      attempt(() => insertAll(group, next), false);
      // A failing fsync tells nothing about what a crash right now would leave behind.
      attempt(() => commit.run(), true);
      for (const [i, stream] of group.streams.entries()) positions.keep(stream, next[i] ?? 0);
      return first;
    },
  };
};

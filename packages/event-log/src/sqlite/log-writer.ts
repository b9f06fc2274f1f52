import type { EpochMs, TopicSpec } from '@earshot/contracts';
import type { DatabaseSync } from 'node:sqlite';
import { createCompaction } from './compaction.ts';
import type { DiskReserve } from './disk-reserve.ts';
import { createRecordAppender, type AppendGroup } from './record-appender.ts';
import { createRetention } from './retention.ts';
import { isFull } from './sqlite-failure.ts';
import { prepareTopics, readTopics, type StoredTopic } from './stored-topic.ts';

/** Everything that changes the file, without threads: calls return when the change is durable and throw what went wrong. */
export interface LogWriter {
  /** Newest stamp of any record, null if there is none: the log's clock continues there. */
  newestAppendedAt(): EpochMs | null;
  topics(): readonly StoredTopic[];
  prepare(specs: readonly TopicSpec[]): readonly StoredTopic[];
  append(group: AppendGroup): readonly number[];
  /** Retention and compaction in slices: the caller lets appends through between two of them. */
  maintenance(now: EpochMs): Generator<void>;
  /**
   * Closes the file. As the last connection this moves the write-ahead log into it; on a full disk that log stays and is read when
   * the file is opened next.
   */
  close(): void;
}

const newestAppendedAt = (database: DatabaseSync, topics: readonly StoredTopic[]): EpochMs | null => {
  const find = database.prepare(
    'SELECT appended_at FROM record WHERE topic = ? AND partition = ? ORDER BY position DESC LIMIT 1',
  );
  let newest: EpochMs | null = null;
  for (const topic of topics) {
    for (let partition = 0; partition < topic.partitions; partition += 1) {
      const at = find.get(topic.id, partition)?.['appended_at'];
      if (typeof at === 'number') newest = Math.max(newest ?? 0, at);
    }
  }
  return newest;
};

/** Runs the work again, with the reserve's room and an emptied write-ahead log, if it found the disk full. */
const withReserve = <T>(database: DatabaseSync, reserve: DiskReserve, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!isFull(error)) throw error;
    reserve.release();
    database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    return work();
  }
};

export const createLogWriter = (database: DatabaseSync, reserve: DiskReserve): LogWriter => {
  const appender = createRecordAppender(database);
  const retention = createRetention(database);
  const compaction = createCompaction(database);
  let topics = readTopics(database);

  const slice = (topic: StoredTopic, partition: number, now: EpochMs): boolean =>
    withReserve(database, reserve, () =>
      topic.cleanup.kind === 'delete'
        ? retention.slice(topic, partition, now)
        : compaction.slice(topic, partition, now),
    );

  const maintenance = function* (now: EpochMs): Generator<void> {
    for (const topic of topics) {
      for (let partition = 0; partition < topic.partitions; partition += 1) {
        while (slice(topic, partition, now)) yield;
      }
    }
    reserve.restore();
  };

  return {
    newestAppendedAt: () => newestAppendedAt(database, topics),
    topics: () => topics,
    prepare: (specs) => {
      topics = prepareTopics(database, specs);
      return topics;
    },
    append: (group) => appender.append(group),
    maintenance,
    close: () => {
      if (database.isOpen) database.close();
    },
  };
};

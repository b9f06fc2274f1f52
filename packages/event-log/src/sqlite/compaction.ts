import type { EpochMs } from '@earshot/contracts';
import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from './database.ts';
import { SLICE_RECORDS_MAX } from './retention.ts';
import type { StoredTopic } from './stored-topic.ts';

/** A tombstone stays this long, in log time, so that a reader under way learns that the key is gone. */
export const TOMBSTONE_RETENTION_MS = 86_400_000;

export interface Compaction {
  /** Does one slice of work on a partition; true if there may be more. */
  slice(topic: StoredTopic, partition: number, now: EpochMs): boolean;
}

/** A record that compaction may take once it is old enough. */
interface Removable {
  readonly position: number;
  readonly key: string;
  readonly appendedAt: EpochMs;
}

const parseRemovable = (row: unknown): Removable => row as Removable;

/**
 * Removes from topics with cleanup `compact` the records that a newer one of the same key has superseded, once they are older than
 * `minCompactionLagMs` in log time, and tombstones once they are a day old too. The newest record of a partition stays.
 */
export const createCompaction = (database: DatabaseSync): Compaction => {
  const findNewest = database.prepare('SELECT max(position) AS newest FROM record WHERE topic = ? AND partition = ?');
  const findRemovable = database.prepare(
    `SELECT record.position, record.key, record.appended_at AS appendedAt
      FROM removable JOIN record USING (topic, partition, position)
      WHERE removable.topic = ? AND removable.partition = ? AND removable.tombstone = ? AND removable.position < ?
      ORDER BY removable.position LIMIT ${SLICE_RECORDS_MAX}`,
  );
  const remove = database.prepare('DELETE FROM record WHERE topic = ? AND partition = ? AND position = ?');
  const forget = database.prepare(
    'DELETE FROM removable WHERE topic = ? AND partition = ? AND tombstone = ? AND position = ?',
  );
  const forgetKey = database.prepare(
    'DELETE FROM newest WHERE topic = ? AND partition = ? AND key = ? AND position = ?',
  );

  const removeOne = (topic: StoredTopic, partition: number, { position, key }: Removable): void => {
    remove.run(topic.id, partition, position);
    for (const tombstone of [0, 1]) forget.run(topic.id, partition, tombstone, position);
    // Only where the record was its key's newest, that is a tombstone.
    forgetKey.run(topic.id, partition, key, position);
  };

  return {
    slice: (topic, partition, now) => {
      const { cleanup } = topic;
      if (cleanup.kind !== 'compact') return false;
      const newest = Number(findNewest.get(topic.id, partition)?.['newest'] ?? 0);
      const find = (tombstone: 0 | 1, ageMs: number): readonly Removable[] =>
        oldEnough(findRemovable.iterate(topic.id, partition, tombstone, newest), now - ageMs);
      const due = [
        ...find(0, cleanup.minCompactionLagMs),
        ...find(1, Math.max(cleanup.minCompactionLagMs, TOMBSTONE_RETENTION_MS)),
      ];
      if (due.length === 0) return false;
      inTransaction(database, () => due.forEach((each) => removeOne(topic, partition, each)));
      return true;
    },
  };
};

/** The ones appended at or before the cutoff. Stops at the first younger one: the log's clock never steps back. */
const oldEnough = (oldestFirst: Iterable<unknown>, cutoff: EpochMs): readonly Removable[] => {
  const found: Removable[] = [];
  for (const row of oldestFirst) {
    const removable = parseRemovable(row);
    if (removable.appendedAt > cutoff) break;
    found.push(removable);
  }
  return found;
};

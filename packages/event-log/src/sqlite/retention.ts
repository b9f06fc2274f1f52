import type { EpochMs } from '@earshot/contracts';
import type { DatabaseSync } from 'node:sqlite';
import type { StoredTopic } from './stored-topic.ts';

/** Records one slice removes or counts at most: about a millisecond of work between two appends. */
export const SLICE_RECORDS_MAX = 1_000;

/** What a record costs beside key and value: row header, positions and its share of half-empty pages. */
const RECORD_OVERHEAD_BYTES = 40;

/** An old record as retention looks at it. */
export interface AgedRecord {
  readonly position: number;
  readonly appendedAt: EpochMs;
  readonly bytes: number;
}

/** What may stay: nothing appended before `cutoff`, and `excessBytes` less than there is. */
export interface RetentionBound {
  readonly cutoff: EpochMs;
  readonly excessBytes: number;
}

/** How far from the oldest on records have to go, by age or for their bytes; null if none has to. Stops reading there. */
export const retentionCut = (oldestFirst: Iterable<AgedRecord>, bound: RetentionBound): RetentionCut | null => {
  let cut: RetentionCut | null = null;
  let bytes = 0;
  for (const record of oldestFirst) {
    if (record.appendedAt >= bound.cutoff && bytes >= bound.excessBytes) break;
    bytes += record.bytes;
    cut = { position: record.position, bytes };
  }
  return cut;
};

export interface RetentionCut {
  /** The newest record that goes. */
  readonly position: number;
  /** Bytes of all that go. */
  readonly bytes: number;
}

/** Bytes kept in one partition, counted once and a slice at a time: each record is looked at once after it was appended. */
interface Tally {
  bytes: number;
  /** Records below are counted. */
  upTo: number;
}

export interface Retention {
  /** Does one slice of work on a partition; true if there may be more. */
  slice(topic: StoredTopic, partition: number, now: EpochMs): boolean;
}

/** Row after row, so that reading ends where the caller stops. */
const parseAgedRecords = function* (rows: Iterable<unknown>): Generator<AgedRecord> {
  for (const row of rows) yield row as AgedRecord;
};

/**
 * Removes the oldest records of topics with cleanup `delete`: those older than `retentionMs` in log time, and those beyond an
 * equal share per partition of `retentionBytes`. The newest record of a partition stays whatever its age, so that positions go on.
 * Pages that become free are used again; the file does not shrink.
 */
export const createRetention = (database: DatabaseSync): Retention => {
  const bytesOf = `coalesce(octet_length(key), 0) + coalesce(octet_length(value), 0) + ${RECORD_OVERHEAD_BYTES}`;
  const count = database.prepare(
    `SELECT max(position) + 1 AS upTo, sum(bytes) AS bytes FROM (SELECT position, ${bytesOf} AS bytes FROM record
      WHERE topic = ? AND partition = ? AND position >= ? ORDER BY position LIMIT ${SLICE_RECORDS_MAX})`,
  );
  const findNewest = database.prepare('SELECT max(position) AS newest FROM record WHERE topic = ? AND partition = ?');
  const findOldest = database.prepare(
    `SELECT position, appended_at AS appendedAt, ${bytesOf} AS bytes FROM record
      WHERE topic = ? AND partition = ? AND position < ? ORDER BY position LIMIT ${SLICE_RECORDS_MAX}`,
  );
  const remove = database.prepare('DELETE FROM record WHERE topic = ? AND partition = ? AND position <= ?');
  const tallies = new Map<string, Tally>();

  const tallyOf = (topic: StoredTopic, partition: number): Tally => {
    const name = `${topic.id}/${partition}`;
    const tally = tallies.get(name) ?? { bytes: 0, upTo: 0 };
    tallies.set(name, tally);
    return tally;
  };

  /** True if a whole slice was counted. */
  const countOn = (topic: StoredTopic, partition: number, tally: Tally): boolean => {
    const before = tally.upTo;
    const counted = count.get(topic.id, partition, before);
    tally.upTo = Number(counted?.['upTo'] ?? before);
    tally.bytes += Number(counted?.['bytes'] ?? 0);
    return tally.upTo - before >= SLICE_RECORDS_MAX;
  };

  const removeUpTo = (topic: StoredTopic, partition: number, cut: RetentionCut): void => {
    remove.run(topic.id, partition, cut.position);
    const tally = tallyOf(topic, partition);
    // What was removed before it was counted will never be.
    if (cut.position < tally.upTo) tally.bytes -= cut.bytes;
    else tally.upTo = cut.position + 1;
  };

  return {
    slice: (topic, partition, now) => {
      const { cleanup } = topic;
      if (cleanup.kind !== 'delete') return false;
      const tally = tallyOf(topic, partition);
      const bounded = cleanup.retentionBytes !== undefined;
      if (bounded && countOn(topic, partition, tally)) return true;
      const share = bounded ? Math.floor((cleanup.retentionBytes ?? 0) / topic.partitions) : Number.POSITIVE_INFINITY;
      const newest = Number(findNewest.get(topic.id, partition)?.['newest'] ?? 0);
      const oldest = findOldest.iterate(topic.id, partition, newest);
      const bound = { cutoff: now - cleanup.retentionMs, excessBytes: Math.max(0, tally.bytes - share) };
      const cut = retentionCut(parseAgedRecords(oldest), bound);
      if (cut === null) return false;
      removeUpTo(topic, partition, cut);
      return true;
    },
  };
};

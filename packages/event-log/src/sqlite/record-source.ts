import type { DatabaseSync } from 'node:sqlite';
import { EventLogError, type LogRecord, type PartitionBounds } from '../port/index.ts';
import { toEventLogError } from './sqlite-failure.ts';
import type { Stream } from './stream.ts';

export interface RecordSource {
  /** The next records from a position on: at most a batch's records, and bytes but for the last record. Empty at the end. */
  read(stream: Stream, from: number): readonly LogRecord[];
  bounds(stream: Stream): PartitionBounds;
}

export interface BatchBounds {
  readonly batchRecordsMax: number;
  readonly batchBytesMax: number;
}

const parseRow = (row: unknown): readonly [number, number, string | null, string | null] =>
  row as readonly [number, number, string | null, string | null];

const coded = <T>(work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw toEventLogError(error);
  }
};

/** Reads committed records; what it throws is an EventLogError. Every call sees all appends answered before it. */
export const createRecordSource = (database: DatabaseSync, batch: BatchBounds): RecordSource => {
  const select = database.prepare(
    `SELECT position, appended_at, key, value FROM record
      WHERE topic = ? AND partition = ? AND position >= ? ORDER BY position LIMIT ${batch.batchRecordsMax}`,
  );
  // Arrays are a third faster than objects; the objects are made here anyway.
  select.setReturnArrays(true);
  const findFirst = database.prepare('SELECT min(position) AS first FROM record WHERE topic = ? AND partition = ?');
  const findNewest = database.prepare('SELECT max(position) AS newest FROM record WHERE topic = ? AND partition = ?');

  const read = (stream: Stream, from: number): readonly LogRecord[] => {
    const records: LogRecord[] = [];
    let length = 0;
    for (const row of select.iterate(stream.topicId, stream.partition, from)) {
      const [position, appendedAt, key, value] = parseRow(row);
      records.push({ position, appendedAt, key, value });
      // UTF-16 units: within a factor of three of bytes, and free.
      length += (key?.length ?? 0) + (value?.length ?? 0);
      if (length >= batch.batchBytesMax) break;
    }
    return records;
  };

  const bounds = ({ topicId, partition, compacted }: Stream): PartitionBounds => ({
    partition,
    first: compacted ? 0 : Number(findFirst.get(topicId, partition)?.['first'] ?? 0),
    end: Number(findNewest.get(topicId, partition)?.['newest'] ?? -1) + 1,
  });

  return {
    read: (stream, from) => coded(() => read(stream, from)),
    bounds: (stream) => coded(() => bounds(stream)),
  };
};

/** Why nobody can read from this position (L4); null if it can be read from, the end included. */
export const positionFault = (stream: Stream, position: number, bounds: PartitionBounds): EventLogError | null => {
  const where = `${stream.topic}/${stream.partition}`;
  const { first, end } = bounds;
  if (position > end) {
    return new EventLogError('EARSHOT_LOG_POSITION_BEYOND_END', `${where} ends at ${end}, before ${position}.`, {
      end,
    });
  }
  if (position < first) {
    return new EventLogError('EARSHOT_LOG_POSITION_EXPIRED', `${where} begins at ${first}, after ${position}.`, {
      oldest: first,
    });
  }
  return null;
};

/** The position if it is one at all. Throws RangeError, since only a programmer's error makes one that is not. */
export const checkedPosition = (position: number): number => {
  if (Number.isSafeInteger(position)) return position;
  throw new RangeError(`A position is a whole number, not ${position}.`);
};

import type { DurationMs } from '@earshot/contracts';
import type { EventLog, LogRecord, PartitionBounds } from '@earshot/event-log';
import { readFirstRecord } from './read-once.ts';

/** A rebuild goes back at least this far: long enough for every system of the usual intervals to be heard again. */
const REBUILD_MS_MIN: DurationMs = 3_600_000;
/** In ttls: a system that was silent for two of them in the retained log is judged from the log alone. */
const REBUILD_TTLS = 2;

export interface RebuildSource {
  readonly topic: string;
  readonly bounds: PartitionBounds;
  readonly ttlMsLongest: DurationMs;
}

/**
 * Where a rebuild begins to fold (S4): the first record that is not older than the longest ttl twice over, or than an hour, or the
 * oldest retained. Null where the partition is empty. Found by halving, in some twenty reads; where the log's clock was set back
 * in between it may begin a little elsewhere, which is as good.
 */
export const findRebuildStart = async (log: EventLog, source: RebuildSource): Promise<LogRecord | null> => {
  const { topic, bounds } = source;
  const { partition, first, end } = bounds;
  if (first >= end) return null;
  const recordAt = (position: number): Promise<LogRecord> => readFirstRecord(log, { topic, partition, position });
  const newest = await recordAt(end - 1);
  const since = newest.appendedAt - Math.max(REBUILD_TTLS * source.ttlMsLongest, REBUILD_MS_MIN);
  const oldest = await recordAt(first);
  if (oldest.appendedAt >= since) return oldest;
  let tooOld = first;
  let young = end - 1;
  while (young - tooOld > 1) {
    const middle = Math.floor((tooOld + young) / 2);
    if ((await recordAt(middle)).appendedAt >= since) young = middle;
    else tooOld = middle;
  }
  return recordAt(young);
};

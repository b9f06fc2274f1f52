import type { DurationMs } from '@earshot/contracts';
import {
  type EventLog,
  EventLogError,
  type LogRecord,
  type PartitionBounds,
  type Reading,
  type RecordBatch,
} from '@earshot/event-log';
import type { Clock, Logger } from '@earshot/runtime';
import { wait } from '@earshot/runtime';
import type { Catalog, Source } from './catalog.ts';
import { yieldToOthers } from './yield-to-others.ts';

/** Records taken in at a stroke: about 10 ms. */
const APPLY_RECORDS_MAX = 250;
/** After reading failed; low, because what operators see ages meanwhile. */
const RETRY_MS: DurationMs = 1_000;

/** What following needs of the log. */
export type FollowedLog = Pick<EventLog, 'ends' | 'readFrom' | 'readTable'>;

export interface FollowSource {
  readonly log: FollowedLog;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly source: Source;
  readonly topic: string;
  readonly partition: number;
  /** The registry's tombstones and superseded entries go: from nothing it is read as a table, which tells when it is complete. */
  readonly readsTable: boolean;
  /** Says at most once a second what could not be read. */
  readonly onUnreadable: (fields: object) => void;
  /** The catalog cannot be continued from this source: what lay between is gone, or it is another log. */
  readonly onLost: (error: EventLogError) => void;
}

export interface Follower {
  /** Follows until stopped, beginning again after every failure. */
  start(): void;
  stop(): Promise<void>;
  /** Notes that it is being followed, though nothing may come; nothing while it is not. */
  touch(): void;
  /** Whether everything is in that the source had when it was opened first; once true it stays so. */
  isComplete(): boolean;
}

const isLoss = (error: unknown): error is EventLogError =>
  error instanceof EventLogError &&
  (error.code === 'EARSHOT_LOG_POSITION_EXPIRED' || error.code === 'EARSHOT_LOG_POSITION_BEYOND_END');

/** Takes records into the catalog, in slices that let others run. */
const takeIn = async (options: FollowSource, { records }: Pick<RecordBatch, 'records'>): Promise<void> => {
  for (let start = 0; start < records.length; start += APPLY_RECORDS_MAX) {
    if (start > 0) await yieldToOthers();
    apply(options, records.slice(start, start + APPLY_RECORDS_MAX));
  }
};

const apply = (options: FollowSource, records: readonly LogRecord[]): void => {
  const { catalog, source, topic, partition } = options;
  for (const { position, reason } of catalog.sources.apply(source, partition, records)) {
    options.onUnreadable({ topic, partition, position, reason });
  }
};

const boundsNow = async ({ log, topic, partition }: FollowSource): Promise<PartitionBounds> =>
  (await log.ends(topic)).find((bounds) => bounds.partition === partition) ?? { partition, first: 0, end: 0 };

/** Reads on where the catalog stands, or from the beginning. */
const openReading = async (
  options: FollowSource,
  bounds: PartitionBounds,
  failed: (error: EventLogError) => void,
): Promise<Reading> => {
  const { log, catalog, source, topic, partition } = options;
  const stored = catalog.sources.position(source, partition);
  if (stored === null && options.readsTable) {
    const changed = (records: readonly LogRecord[]): void => apply(options, records);
    const table = await log.readTable(topic, partition, { changed, failed });
    return noted(options, table, Math.max(bounds.end, table.position()));
  }
  const position = stored?.position ?? bounds.first;
  const reading = await log.readFrom(topic, partition, position, {
    records: (batch) => takeIn(options, batch),
    failed,
  });
  return noted(options, reading, position);
};

/** Notes that it is being read. A reading that cannot be noted is ended: nobody else would. */
const noted = async (options: FollowSource, reading: Reading, position: number): Promise<Reading> => {
  try {
    options.catalog.sources.noteReached(options.source, options.partition, position);
    return reading;
  } catch (error) {
    await reading.stop();
    throw error;
  }
};

/** Keeps the catalog filled from one partition of a source. */
export const createFollower = (options: FollowSource): Follower => {
  const { catalog, clock, logger, source, topic, partition } = options;
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  let target: number | null = null;
  let hasReachedTarget = false;
  let isReading = false;

  const position = (): number => catalog.sources.position(source, partition)?.position ?? 0;
  const open = async (failed: (error: EventLogError) => void): Promise<Reading> => {
    const bounds = await boundsNow(options);
    const reading = await openReading(options, bounds, failed);
    // Not before: a place beyond the end is one in another log.
    target ??= bounds.end;
    return reading;
  };

  /** Resolves with what ended the reading; null when it was stopped. */
  const followOnce = async (): Promise<unknown> => {
    const ending = Promise.withResolvers<unknown>();
    const stop = (): void => ending.resolve(null);
    stopping.signal.addEventListener('abort', stop, { once: true });
    try {
      const opening = open(ending.resolve);
      const reading = await Promise.race([opening, ending.promise.then(() => null)]);
      // Ended while it was being opened: whatever opens yet is closed, and nobody waits for it.
      if (reading === null) opening.then((late) => late.stop()).catch(() => undefined);
      isReading = reading !== null;
      const error = await ending.promise;
      await reading?.stop();
      return error;
    } finally {
      isReading = false;
      stopping.signal.removeEventListener('abort', stop);
    }
  };
  const follow = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const error = await followOnce().catch((failure: unknown) => failure);
      if (isLoss(error)) return options.onLost(error);
      if (error === null || stopping.signal.aborted) return;
      logger.warn({ error, topic, partition }, 'the catalog does not follow the log; trying again');
      await wait(clock, RETRY_MS, stopping.signal);
    }
  };
  return {
    start: () => {
      running ??= follow();
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
    touch: () => {
      if (isReading) catalog.sources.noteReached(source, partition, position());
    },
    isComplete: () => {
      hasReachedTarget ||= target !== null && position() >= target;
      return hasReachedTarget;
    },
  };
};

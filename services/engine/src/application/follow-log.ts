import type { DurationMs } from '@earshot/contracts';
import { wait } from '@earshot/runtime';
import type { Follower } from './follow-source.ts';
import { createFollowers, type FollowSources } from './follow-sources.ts';
import { sourcePartitions } from './source-partitions.ts';

/**
 * A catalog that has taken in nothing for longer is filled anew: the log may have forgotten meanwhile that something is gone
 * (Kafka keeps a tombstone for a day).
 */
export const CATALOG_AGE_MS_MAX: DurationMs = 12 * 3_600_000;
/** After emptying it failed: whoever holds it lets go, or there is room again. */
const RETRY_MS: DurationMs = 1_000;
/** From one mending to the next: a bad disk, or a mistake of ours, must not keep the log busy for ever. */
export const MENDING_PERIOD_MS: DurationMs = 10_000;

export interface LogFollowing {
  start(): void;
  stop(): Promise<void>;
  /** To be called from time to time: nothing may come for days, and the catalog is up to date all the same. */
  touch(): void;
  /** To be called from time to time: a catalog that cannot be read any more is filled anew. */
  mend(): void;
  /** Whether everything is in that the log had when following began, or began anew, and can be read. */
  readonly isComplete: () => boolean;
}

/** Keeps the catalog filled from the whole log; where it cannot be continued, it is emptied and filled anew. */
export const followLog = (options: FollowSources): LogFollowing => {
  const { catalog, clock, logger } = options;
  const stopping = new AbortController();
  let followers: Follower | null = null;
  let refilling: Promise<void> | null = null;
  let mendableAt = Number.NEGATIVE_INFINITY;

  const isStale = (): boolean =>
    sourcePartitions(options.partitions).some(({ source, partition }) => {
      const stored = catalog.sources.position(source, partition);
      return stored !== null && clock.wallNow() - stored.at > CATALOG_AGE_MS_MAX;
    });
  const follow = (): void => {
    const onLost = (): void => {
      refilling ??= refill();
    };
    followers = createFollowers({ ...options, onLost });
    followers.start();
  };
  const isEmptied = (): boolean => {
    try {
      catalog.reset();
      return true;
    } catch (error) {
      logger.warn({ error }, 'the catalog cannot be emptied; trying again');
      return false;
    }
  };
  const refill = async (): Promise<void> => {
    await followers?.stop();
    while (!stopping.signal.aborted && !isEmptied()) await wait(clock, RETRY_MS, stopping.signal);
    refilling = null;
    if (!stopping.signal.aborted) follow();
  };
  return {
    start: () => {
      if (isStale()) {
        logger.info({}, 'the catalog is too old to be continued and is filled anew');
        catalog.reset();
      }
      follow();
    },
    stop: async () => {
      stopping.abort();
      await refilling;
      await followers?.stop();
    },
    touch: () => followers?.touch(),
    mend: () => {
      if (catalog.isReadable() || refilling !== null || clock.monotonicNow() < mendableAt) return;
      mendableAt = clock.monotonicNow() + MENDING_PERIOD_MS;
      logger.error({}, 'the catalog cannot be read any more and is filled anew');
      refilling = refill();
    },
    isComplete: () => refilling === null && catalog.isReadable() && followers?.isComplete() === true,
  };
};

import { type Clock, createSparseLogger, type Logger } from '@earshot/runtime';
import type { Catalog } from './catalog.ts';
import { CatalogError } from './catalog-error.ts';
import { createFollower, type FollowedLog, type Follower } from './follow-source.ts';
import { sourcePartitions } from './source-partitions.ts';

const WARNING_PERIOD_MS = 1_000;

export interface FollowSources {
  readonly log: FollowedLog;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Of transitions and incidents. */
  readonly partitions: number;
}

/** Followers of all partitions of all sources, from when the catalog was empty or opened until it is emptied. */
export const createFollowers = (options: FollowSources & { readonly onLost: () => void }): Follower => {
  const { logger, clock } = options;
  const warn = createSparseLogger(logger, { periodMs: WARNING_PERIOD_MS, monotonicNow: clock.monotonicNow });
  const followers = sourcePartitions(options.partitions).map((part) =>
    createFollower({
      ...options,
      ...part,
      readsTable: part.source === 'registry',
      onUnreadable: (fields) => warn(fields, 'a record could not be read and was passed over'),
      onLost: (error) => {
        logger.warn({ error, topic: part.topic, partition: part.partition }, 'the catalog is filled anew');
        options.onLost();
      },
    }),
  );
  return {
    start: () => {
      for (const follower of followers) follower.start();
    },
    stop: async () => {
      await Promise.all(followers.map((follower) => follower.stop()));
    },
    touch: () => {
      for (const follower of followers) follower.touch();
    },
    isComplete: () => {
      try {
        return followers.every((follower) => follower.isComplete());
      } catch (error) {
        if (error instanceof CatalogError) return false;
        throw error;
      }
    },
  };
};

import { type DurationMs, INCIDENTS_TOPIC, REGISTRY_TOPIC, TRANSITIONS_TOPIC } from '@earshot/contracts';
import { type Clock, createSparseLogger, type Logger } from '@earshot/runtime';
import type { Catalog, Source } from './catalog.ts';
import { createFollower, type FollowedLog, type Follower } from './follow-source.ts';

/**
 * A catalog that has taken in nothing for longer is filled anew: the log may have forgotten meanwhile that something is gone
 * (Kafka keeps a tombstone for a day).
 */
export const CATALOG_AGE_MS_MAX: DurationMs = 12 * 3_600_000;
const WARNING_PERIOD_MS: DurationMs = 1_000;

export interface LogFollowing {
  start(): void;
  stop(): Promise<void>;
  /** To be called from time to time: nothing may come for days, and the catalog is up to date all the same. */
  touch(): void;
  /** Whether everything is in that the log had when following began. */
  readonly isComplete: () => boolean;
}

export interface FollowLog {
  readonly log: FollowedLog;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly partitions: number;
}

interface SourcePartition {
  readonly source: Source;
  readonly topic: string;
  readonly partition: number;
}

const sourcePartitions = (partitions: number): readonly SourcePartition[] => {
  const each = (source: Source, topic: string): readonly SourcePartition[] =>
    Array.from({ length: partitions }, (_, partition) => ({ source, topic, partition }));
  return [
    { source: 'registry', topic: REGISTRY_TOPIC, partition: 0 },
    ...each('transitions', TRANSITIONS_TOPIC),
    ...each('incidents', INCIDENTS_TOPIC),
  ];
};

/** Keeps the catalog filled from the whole log; where it cannot be continued, it is emptied and filled anew. */
export const followLog = (options: FollowLog): LogFollowing => {
  const { catalog, clock, logger } = options;
  const warn = createSparseLogger(logger, { periodMs: WARNING_PERIOD_MS, monotonicNow: clock.monotonicNow });
  let followers: readonly Follower[] = [];
  let isStopped = false;
  let refilling: Promise<void> | null = null;

  const isStale = (): boolean =>
    sourcePartitions(options.partitions).some(({ source, partition }) => {
      const stored = catalog.sources.position(source, partition);
      return stored !== null && clock.wallNow() - stored.at > CATALOG_AGE_MS_MAX;
    });
  const startFollowers = (): void => {
    followers = sourcePartitions(options.partitions).map((part) =>
      createFollower({
        ...options,
        ...part,
        readsTable: part.source === 'registry',
        onUnreadable: (fields) => warn(fields, 'a record could not be read and was passed over'),
        onLost: (error) => {
          logger.warn({ error, topic: part.topic, partition: part.partition }, 'the catalog is filled anew');
          refilling ??= refill();
        },
      }),
    );
    for (const follower of followers) follower.start();
  };
  const stopFollowers = async (): Promise<void> => {
    await Promise.all(followers.map((follower) => follower.stop()));
  };
  const refill = async (): Promise<void> => {
    await stopFollowers();
    refilling = null;
    if (isStopped) return;
    catalog.reset();
    startFollowers();
  };
  return {
    start: () => {
      if (isStale()) {
        logger.info({}, 'the catalog is too old to be continued and is filled anew');
        catalog.reset();
      }
      startFollowers();
    },
    stop: async () => {
      isStopped = true;
      await refilling;
      await stopFollowers();
    },
    touch: () => {
      for (const follower of followers) follower.touch();
    },
    isComplete: () =>
      refilling === null && followers.length > 0 && followers.every((follower) => follower.isComplete()),
  };
};

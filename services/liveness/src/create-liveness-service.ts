import { randomUUID } from 'node:crypto';
import { HEARTBEATS_TOPIC } from '@earshot/contracts';
import type { EventLog } from '@earshot/event-log';
import type { LivenessStore } from '@earshot/liveness-store';
import {
  type Clock,
  createLoop,
  createSparseLogger,
  healthFrom,
  type Logger,
  type MetricsRegistry,
  type Service,
} from '@earshot/runtime';
import type { LivenessContext } from './application/liveness-context.ts';
import { ownPartitions } from './application/own-partitions.ts';
import { createLivenessMetrics } from './metrics.ts';

/** The group whose members share the heartbeats topic's partitions. */
const LIVENESS_GROUP = 'liveness';
/** How often the log's ends are asked for, for the lag. */
const LAG_PERIOD_MS = 1_000;
const WARNING_PERIOD_MS = 1_000;
/** How long stopping waits for the last commits, well below the 10 s that a process has to end. */
const FLUSH_DEADLINE_MS = 5_000;

export interface LivenessDependencies {
  readonly log: EventLog;
  readonly store: LivenessStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
}

export interface LivenessOptions {
  readonly partitions: number;
  /** Names the log in everything published. */
  readonly logId: string;
  /** An error that no retry mends; the process should end, so that somebody decides. */
  readonly onFatal: (error: Error) => void;
  readonly flushDeadlineMs?: number;
}

export interface LivenessService extends Service {
  /** Partitions that are folded here, loaded and all. */
  readonly folded: () => number;
}

/** Folds the log into verdicts, commits them to the projection and publishes them. */
export const createLivenessService = (
  dependencies: LivenessDependencies,
  options: LivenessOptions,
): LivenessService => {
  const { log, clock } = dependencies;
  const logger = dependencies.logger.child({ service: 'liveness' });
  const metrics = createLivenessMetrics(dependencies.metrics, clock);
  const warnSparsely = createSparseLogger(logger, { periodMs: WARNING_PERIOD_MS, monotonicNow: clock.monotonicNow });
  const context: LivenessContext = {
    log,
    store: dependencies.store,
    topic: HEARTBEATS_TOPIC,
    partitions: options.partitions,
    logId: options.logId,
    clock,
    logger,
    warnSparsely,
    metrics,
    newOwnerName: randomUUID,
  };
  const partitions = ownPartitions(context, {
    group: LIVENESS_GROUP,
    onFatal: options.onFatal,
    flushDeadlineMs: options.flushDeadlineMs ?? FLUSH_DEADLINE_MS,
  });
  let started = false;

  const lagLoop = createLoop({
    clock,
    pauseMs: () => LAG_PERIOD_MS,
    turn: async () => {
      for (const { partition, end } of await log.ends(HEARTBEATS_TOPIC)) {
        const owner = partitions.owners().get(partition);
        if (owner?.isLoaded === true) metrics.lag(partition, Math.max(0, end - owner.position - 1));
      }
    },
    onError: (error) => warnSparsely({ error }, 'the log does not say where it ends'),
  });
  return {
    start: async () => {
      await partitions.start();
      lagLoop.start();
      started = true;
    },
    stop: async () => {
      started = false;
      await lagLoop.stop();
      await partitions.stop();
    },
    folded: () => [...partitions.owners().values()].filter((owner) => owner.isLoaded).length,
    health: () =>
      healthFrom([
        [started, 'not started'],
        [[...partitions.owners().values()].every((owner) => owner.isLoaded), 'loading partitions'],
        [partitions.stopped().length === 0, 'delivery of partitions has stopped'],
      ]),
  };
};

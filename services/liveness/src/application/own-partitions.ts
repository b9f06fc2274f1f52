import type { DurationMs } from '@earshot/contracts';
import { EventLogError, type Ownership, type OwnershipHandler } from '@earshot/event-log';
import { wait } from '@earshot/runtime';
import type { LivenessContext } from './liveness-context.ts';
import { PartitionOwner } from './partition-owner.ts';
import { AbandonedError } from './retry.ts';

export interface PartitionsOwned {
  start(): Promise<void>;
  /** Commits what is left, if log and projection take it in time, then gives the partitions back. */
  stop(): Promise<void>;
  /** Owners by partition, those that are still loading included. */
  owners(): ReadonlyMap<number, PartitionOwner>;
  /** Partitions that are ours and whose delivery has stopped; they are begun again after a pause. */
  stopped(): readonly number[];
}

export interface OwningOptions {
  readonly group: string;
  /** The projection belongs to another log, or the like: no retry mends it, somebody must decide. */
  readonly onFatal: (error: Error) => void;
  /** How long stopping waits for the last commits. What they miss is folded again by the next owner. */
  readonly flushDeadlineMs: number;
}

const FATAL: ReadonlySet<string> = new Set(['EARSHOT_LOG_POSITION_BEYOND_END', 'EARSHOT_LOG_HANDLER_FAILED']);

/** The log wraps what a handler threw; what we threw ourselves with a code is the reason. */
const reasonOf = (error: EventLogError): EventLogError | AbandonedError =>
  error.cause instanceof EventLogError || error.cause instanceof AbandonedError ? error.cause : error;

/** Pauses before a partition whose delivery stopped is begun again: doubled each time, until records arrive. */
const RESTART_MS_MIN: DurationMs = 100;
const RESTART_MS_MAX: DurationMs = 2_000;

/** Owns whatever partitions of the heartbeats topic the group gives us, each with an owner of its own. */
export const ownPartitions = (context: LivenessContext, options: OwningOptions): PartitionsOwned => {
  const owners = new Map<number, PartitionOwner>();
  /** Pause before the next restart, of partitions whose delivery has stopped. */
  const restarts = new Map<number, DurationMs>();
  const owning = Promise.withResolvers<Ownership>();
  const stopping = new AbortController();

  const drop = (partition: number): void => {
    owners.get(partition)?.abandon();
    owners.delete(partition);
  };
  const restartLater = async (partition: number): Promise<void> => {
    const pauseMs = restarts.get(partition) ?? RESTART_MS_MIN;
    restarts.set(partition, Math.min(pauseMs * 2, RESTART_MS_MAX));
    await wait(context.clock, pauseMs, stopping.signal);
    const ownership = await owning.promise;
    if (!stopping.signal.aborted) ownership.restart(partition);
  };
  const failed = (partition: number, reported: EventLogError): void => {
    const error = reasonOf(reported);
    if (error instanceof AbandonedError || stopping.signal.aborted) return;
    drop(partition);
    context.logger.error({ partition, error }, 'delivery of a partition has stopped');
    if (FATAL.has(error.code)) options.onFatal(error);
    else void restartLater(partition);
  };
  const handler: OwnershipHandler = {
    assigned: async (partition) => {
      drop(partition);
      const owner = new PartitionOwner(context, partition, () => void restartLater(partition));
      owners.set(partition, owner);
      try {
        return await owner.load();
      } catch (error) {
        if (owners.get(partition) === owner) drop(partition);
        throw error;
      }
    },
    records: async (batch) => {
      restarts.delete(batch.partition);
      await owners.get(batch.partition)?.records(batch);
    },
    revoked: (partition) => {
      context.logger.info({ partition }, 'partition given back');
      restarts.delete(partition);
      drop(partition);
    },
    failed,
  };
  return {
    start: async () => owning.resolve(await context.log.own(context.topic, options.group, handler)),
    stop: async () => {
      stopping.abort();
      const flushed = Promise.all([...owners.values()].map((owner) => owner.flush()));
      await Promise.race([flushed, wait(context.clock, options.flushDeadlineMs)]);
      for (const partition of owners.keys()) drop(partition);
      await (await owning.promise).stop();
    },
    owners: () => owners,
    stopped: () => [...restarts.keys()],
  };
};

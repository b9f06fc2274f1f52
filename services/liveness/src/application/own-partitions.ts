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

/** Owns whatever partitions of the heartbeats topic the group gives us, each with an owner of its own. */
export const ownPartitions = (context: LivenessContext, options: OwningOptions): PartitionsOwned => {
  const owners = new Map<number, PartitionOwner>();
  let ownership: Ownership | undefined;
  let stopping = false;

  const drop = (partition: number): void => {
    owners.get(partition)?.abandon();
    owners.delete(partition);
  };
  const failed = (partition: number, reported: EventLogError): void => {
    const error = reasonOf(reported);
    if (error instanceof AbandonedError) return;
    drop(partition);
    if (stopping) return;
    context.logger.error({ partition, error }, 'delivery of a partition has stopped');
    if (FATAL.has(error.code)) options.onFatal(error);
    else ownership?.restart(partition);
  };
  const handler: OwnershipHandler = {
    assigned: async (partition) => {
      drop(partition);
      const owner = new PartitionOwner(context, partition, () => ownership?.restart(partition));
      owners.set(partition, owner);
      try {
        return await owner.load();
      } catch (error) {
        if (owners.get(partition) === owner) drop(partition);
        throw error;
      }
    },
    records: async (batch) => owners.get(batch.partition)?.records(batch),
    revoked: (partition) => {
      context.logger.info({ partition }, 'partition given back');
      drop(partition);
    },
    failed,
  };
  return {
    start: async () => {
      ownership = await context.log.own(context.topic, options.group, handler);
    },
    stop: async () => {
      stopping = true;
      const flushed = Promise.all([...owners.values()].map((owner) => owner.flush()));
      await Promise.race([flushed, wait(context.clock, options.flushDeadlineMs)]);
      for (const partition of owners.keys()) drop(partition);
      await ownership?.stop();
    },
    owners: () => owners,
  };
};

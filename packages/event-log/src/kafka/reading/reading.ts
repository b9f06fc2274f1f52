import { randomUUID } from 'node:crypto';
import {
  EventLogError,
  type LogRecord,
  type PartitionBounds,
  type Reading,
  type ReadingHandler,
  type TableHandler,
} from '../../port/index.ts';
import { createAloneAssigner } from './assigners.ts';
import { joinGroup, type MemberDependencies } from './group-member.ts';
import { positionFault } from './position-fault.ts';
import type { KnownTopic } from '../topics/topic-directory.ts';

export interface ReadingDependencies extends MemberDependencies {
  readonly prefix: string;
  readonly forgetGroup: (groupId: string) => Promise<void>;
}

interface Place {
  readonly topic: KnownTopic;
  readonly partition: number;
}

interface FollowOptions extends Place {
  readonly kind: 'reader' | 'table';
  readonly from: number;
  records(records: readonly LogRecord[]): Promise<void> | void;
  /** Everything before this position has been delivered or was no record. */
  reached(position: number): void;
  failed(error: EventLogError): void;
  /** Nothing more comes. */
  ended(): void;
}

/**
 * Reads a partition from a position on. Kafka gives records to groups only, so this is a group of its own with one
 * member and one partition, removed at the end; whatever the brokers do meanwhile, it goes on where it was.
 */
export const startReading = async (
  dependencies: ReadingDependencies,
  place: Place & { readonly from: number },
  handler: ReadingHandler,
): Promise<Reading> => {
  const { topic, partition, from } = place;
  const fault = positionFault(`${topic.kafkaName}/${partition}`, from, await boundsOf(dependencies, place));
  if (fault !== null) throw fault;
  return follow(dependencies, {
    ...place,
    kind: 'reader',
    records: (records) => handler.records({ topic: topic.name, partition, records }),
    reached: () => undefined,
    failed: (error) => handler.failed(error),
    ended: () => undefined,
  });
};

/**
 * Reads a compacted partition from its beginning and goes on with changes. `caughtUp` settles when the handler has what
 * was there at the call: the last position before the end is never compacted away, since it is in the segment being
 * written.
 */
export const startTableReading = async (
  dependencies: ReadingDependencies,
  { topic, partition }: Place,
  handler: TableHandler,
): Promise<{ readonly reading: Reading; readonly caughtUp: Promise<void> }> => {
  const { first, end } = await boundsOf(dependencies, { topic, partition });
  const caughtUp = Promise.withResolvers<void>();
  // Whoever stops before it has caught up may have nobody waiting for it.
  caughtUp.promise.catch(() => undefined);
  let isCaughtUp = false;
  const reached = (position: number): void => {
    if (isCaughtUp || position < end) return;
    isCaughtUp = true;
    caughtUp.resolve();
  };
  reached(first);
  const reading = await follow(dependencies, {
    topic,
    partition,
    from: first,
    kind: 'table',
    records: (records) => handler.changed(records),
    reached,
    failed: (error) => (isCaughtUp ? handler.failed(error) : caughtUp.reject(error)),
    ended: () =>
      caughtUp.reject(new EventLogError('EARSHOT_LOG_CLOSED', 'Reading was stopped before it had caught up.')),
  });
  return { reading, caughtUp: caughtUp.promise };
};

const boundsOf = async ({ bounds }: ReadingDependencies, { topic, partition }: Place): Promise<PartitionBounds> => {
  const mine = (await bounds(topic)).find((each) => each.partition === partition);
  if (mine !== undefined) return mine;
  throw new EventLogError('EARSHOT_LOG_UNAVAILABLE', `${topic.kafkaName}/${partition} has no leader now.`);
};

const follow = async (dependencies: ReadingDependencies, options: FollowOptions): Promise<Reading> => {
  const { topic, partition } = options;
  const groupId = `${dependencies.prefix}${options.kind}-${randomUUID()}`;
  let next = options.from;
  let stopped: Promise<void> | null = null;

  const reach = (position: number): void => {
    next = position;
    options.reached(position);
  };

  const member = await joinGroup(dependencies, {
    topic,
    groupId,
    createAssigner: () => createAloneAssigner(partition),
    handler: {
      assigned: async () => next,
      records: async ({ records }) => {
        await options.records(records);
        reach((records.at(-1)?.position ?? next) + 1);
      },
      passed: (_partition, position) => reach(position + 1),
      revoked: () => undefined,
      failed: (_partition, error) => {
        options.failed(error);
        void stop();
      },
    },
  });

  const end = async (): Promise<void> => {
    await member.stop();
    options.ended();
    await dependencies.forgetGroup(groupId);
  };

  const stop = (): Promise<void> => (stopped ??= end());

  return { position: () => next, stop };
};

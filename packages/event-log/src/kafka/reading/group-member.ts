import type { EachBatchPayload, PartitionAssigner } from 'kafkajs';
import type { Ownership, PartitionBounds } from '../../port/index.ts';
import { isDoneWithin } from '../client/clock.ts';
import { createGroupConsumer, type GroupConsumer, type GroupConsumerDependencies } from './group-consumer.ts';
import { createPartitionFeed, type FeedHandler, type Fetched, type PartitionFeed } from './partition-feed.ts';
import type { BatchLimits } from './record-batches.ts';
import type { KnownTopic } from '../topics/topic-directory.ts';

export interface MemberOptions {
  readonly topic: KnownTopic;
  /** As the brokers know it. */
  readonly groupId: string;
  /** Decides who gets what; `current` is what this member has. */
  readonly createAssigner: (current: () => readonly number[]) => PartitionAssigner;
  readonly handler: FeedHandler;
}

export interface MemberDependencies extends GroupConsumerDependencies {
  readonly bounds: (topic: KnownTopic) => Promise<readonly PartitionBounds[]>;
  readonly limits: BatchLimits;
}

/** Handlers get this long to finish before the group is left, so that the next owner begins where they ended. */
const FAREWELL_MS = 2_000;

/** Becomes a member of a group; rejects with EventLogError when no broker answers. */
export const joinGroup = async (dependencies: MemberDependencies, options: MemberOptions): Promise<Ownership> => {
  const member = new Member(dependencies, options);
  await member.join();
  return member;
};

/**
 * Each partition has a feed of its own from the moment it is ours. A rejoin that leaves a partition ours goes on where
 * it was, without a word; a rejoin under another member id means that the group had given us up meanwhile, and is told
 * as loss and new assignment.
 */
class Member implements Ownership {
  readonly #dependencies: MemberDependencies;
  readonly #options: MemberOptions;
  readonly #consumer: GroupConsumer;
  readonly #feeds = new Map<number, PartitionFeed>();
  /** When a partition's last feed is done with its handler: the next begins after that. */
  readonly #free = new Map<number, Promise<void>>();
  #memberId = '';
  #stopped: Promise<void> | null = null;

  constructor(dependencies: MemberDependencies, options: MemberOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
    this.#consumer = createGroupConsumer(dependencies, {
      topic: options.topic,
      groupId: options.groupId,
      assigner: options.createAssigner(() => this.partitions()),
      joined: (memberId, partitions) => this.#joined(memberId, partitions),
      lost: () => this.#revokeAll(),
      fetched: (payload) => this.#fetched(payload),
      passed: (partition, first, last) => this.#feeds.get(partition)?.passed(first, last),
    });
  }

  join(): Promise<void> {
    return this.#consumer.join();
  }

  partitions(): readonly number[] {
    return [...this.#feeds.keys()].toSorted((a, b) => a - b);
  }

  restart(partition: number): void {
    this.#feeds.get(partition)?.restart();
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  #joined(memberId: string, partitions: readonly number[]): void {
    if (this.#stopped !== null) return;
    if (memberId !== this.#memberId) this.#revokeAll();
    this.#memberId = memberId;
    for (const partition of this.partitions()) if (!partitions.includes(partition)) this.#revoke(partition);
    for (const partition of partitions) {
      const feed = this.#feeds.get(partition);
      if (feed === undefined) this.#take(partition);
      else feed.rejoined();
    }
  }

  #take(partition: number): void {
    const { topic, handler } = this.#options;
    const { clock, limits, bounds } = this.#dependencies;
    const feed = createPartitionFeed({
      topic,
      partition,
      handler,
      valve: this.#consumer.valve(partition),
      bounds: () => bounds(topic),
      clock,
      limits,
      free: this.#free.get(partition) ?? Promise.resolve(),
    });
    this.#feeds.set(partition, feed);
  }

  #revokeAll(): void {
    for (const partition of this.partitions()) this.#revoke(partition);
  }

  #revoke(partition: number): void {
    const feed = this.#feeds.get(partition);
    if (feed === undefined) return;
    this.#feeds.delete(partition);
    this.#free.set(partition, feed.revoke());
  }

  async #fetched(payload: EachBatchPayload): Promise<void> {
    if (payload.isStale()) return;
    const fetched = fetchedOf(payload);
    if (fetched !== null) await this.#feeds.get(payload.batch.partition)?.take(fetched);
  }

  async #stop(): Promise<void> {
    this.#revokeAll();
    const done = Promise.all(this.#free.values());
    await isDoneWithin(this.#dependencies.clock, FAREWELL_MS, done);
    await this.#consumer.stop();
    await done;
  }
}

const fetchedOf = (payload: EachBatchPayload): Fetched | null => {
  const { batch } = payload;
  const first = batch.firstOffset();
  if (first === null) return null;
  const last = batch.lastOffset();
  return {
    first: Number(first),
    last: Number(last),
    messages: batch.messages,
    resolve: () => payload.resolveOffset(last),
    heartbeat: () => payload.heartbeat(),
  };
};

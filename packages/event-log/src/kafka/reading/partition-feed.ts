import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KafkaMessage } from 'kafkajs';
import { EventLogError, type OwnershipHandler, type PartitionBounds } from '../../port/index.ts';
import type { Clock } from '../client/clock.ts';
import { toEventLogError } from '../client/kafka-failure.ts';
import { createPartitionGround, type PartitionGround } from './partition-ground.ts';
import { waitPatiently } from './patience.ts';
import { positionFault } from './position-fault.ts';
import { inBatches, type BatchLimits } from './record-batches.ts';
import type { KnownTopic } from '../topics/topic-directory.ts';

/** What the consumer fetches of one partition. Without effect while the consumer is in no group. */
export interface Valve {
  /** The next fetch begins here. */
  seek(position: number): void;
  pause(): void;
  resume(): void;
}

/** What one fetch brought of a partition. */
export interface Fetched {
  readonly first: number;
  /** May be a position that holds no record of ours. */
  readonly last: number;
  readonly messages: readonly KafkaMessage[];
  /** Lets the next fetch begin behind it. */
  readonly resolve: () => void;
  /** Tells the group that we live; rejects when the group wants to share out anew. */
  readonly heartbeat: () => Promise<void>;
}

/** A handler that may also be told of positions without a record. */
export interface FeedHandler extends OwnershipHandler {
  passed?(partition: number, position: number): void;
}

export interface FeedOptions {
  readonly topic: KnownTopic;
  readonly partition: number;
  readonly handler: FeedHandler;
  readonly valve: Valve;
  readonly bounds: () => Promise<readonly PartitionBounds[]>;
  readonly clock: Clock;
  readonly limits: BatchLimits;
  /** When whoever had the partition before is done with it. */
  readonly free: Promise<void>;
}

/** One partition in one member's hands: from whatever the consumer fetches to the calls of its handler. */
export interface PartitionFeed {
  /** The group was joined anew and the partition is still ours: the consumer has forgotten where it was. */
  rejoined(): void;
  /** Resolves when the handler has taken the records, or is slow: then the feed keeps them and no more are fetched. */
  take(fetched: Fetched): Promise<void>;
  /** From `first` to `last` there is no record. */
  passed(first: number, last: number): void;
  /** Asks for the position again and delivers from there. */
  restart(): void;
  /** Tells the handler that it is over; resolves when none of its calls is running. */
  revoke(): Promise<void>;
}

/** Takes a partition into hand and asks its handler where to begin. */
export const createPartitionFeed = (options: FeedOptions): PartitionFeed => {
  const feed = new Feed(options);
  feed.restart();
  return feed;
};

/**
 * | `#next` | `#isBusy` | state |
 * | --- | --- | --- |
 * | null | | asking for a position, or stopped by a failure until `restart` |
 * | position | no | reading: the next fetch must begin there |
 * | position | yes | the handler is at what came before it, and nothing is fetched if that takes long |
 *
 * A round is one asking and what follows. Calls of `assigned` and `records` never overlap: a round begins when the last
 * call of the one before is done, and one that is over calls nobody.
 */
class Feed implements PartitionFeed {
  readonly #options: FeedOptions;
  readonly #place: string;
  readonly #ground: PartitionGround;
  #round = 0;
  #isRevoked = false;
  #next: number | null = null;
  #isBusy = false;
  /** When no call of the handler is running. */
  #done: Promise<void>;

  constructor(options: FeedOptions) {
    const { topic, partition, bounds, clock } = options;
    this.#options = options;
    this.#place = `${topic.kafkaName}/${partition}`;
    this.#ground = createPartitionGround({ place: this.#place, partition, bounds, clock });
    this.#done = options.free;
  }

  restart(): void {
    const round = this.#endRound();
    void this.#begin(round);
  }

  revoke(): Promise<void> {
    this.#isRevoked = true;
    this.#endRound();
    this.#options.handler.revoked(this.#options.partition);
    return this.#done;
  }

  rejoined(): void {
    this.#align();
  }

  async take(fetched: Fetched): Promise<void> {
    if (this.#next === null || this.#isBusy) return;
    const { first, last } = fetched;
    const follows = first === this.#next || (first > this.#next && this.#options.topic.isCompacted);
    if (!follows) return this.#findGround(first, this.#round);
    this.#next = last + 1;
    // Before the handler is called: a seek that comes meanwhile must have the last word.
    fetched.resolve();
    await this.#deliver(fetched, this.#round);
  }

  passed(first: number, last: number): void {
    if (this.#next === null || this.#isBusy || last < this.#next) return;
    if (first > this.#next && !this.#options.topic.isCompacted) return;
    this.#next = last + 1;
    this.#options.handler.passed?.(this.#options.partition, last);
  }

  #isOver(round: number): boolean {
    return this.#isRevoked || round !== this.#round;
  }

  #endRound(): number {
    this.#round += 1;
    this.#next = null;
    this.#isBusy = false;
    this.#align();
    return this.#round;
  }

  /** Makes the consumer fetch what is expected next, or nothing. */
  #align(): void {
    const { valve } = this.#options;
    if (this.#next !== null) valve.seek(this.#next);
    if (this.#next === null || this.#isBusy) valve.pause();
    else valve.resume();
  }

  async #begin(round: number): Promise<void> {
    const isOver = (): boolean => this.#isOver(round);
    await this.#done;
    try {
      const bounds = await this.#ground.awaitBounds(isOver);
      if (bounds === null || isOver()) return;
      const asked = this.#askForPosition(bounds);
      this.#done = settled(asked);
      const from = await asked;
      if (isOver()) return;
      const fault = await this.#ground.fault(from, bounds);
      if (isOver()) return;
      if (fault !== null) throw fault;
      this.#next = from;
      this.#align();
    } catch (error) {
      if (!isOver()) this.#stop(toEventLogError(error, `${this.#place} cannot be read`));
    }
  }

  async #askForPosition(bounds: PartitionBounds): Promise<number> {
    try {
      const position = await this.#options.handler.assigned(this.#options.partition, bounds);
      // Also throws for what is no position at all.
      positionFault(this.#place, position, bounds);
      return position;
    } catch (error) {
      throw handlerFailed(`The handler of ${this.#place} failed when it was assigned.`, error);
    }
  }

  async #deliver({ messages, heartbeat }: Fetched, round: number): Promise<void> {
    const { clock, valve } = this.#options;
    let isPaused = false;
    this.#isBusy = true;
    const work = this.#handOver(messages, round).then(() => {
      if (this.#isOver(round)) return;
      this.#isBusy = false;
      if (isPaused) this.#align();
    });
    this.#done = work;
    await waitPatiently(clock, work, heartbeat);
    if (this.#isOver(round) || !this.#isBusy) return;
    isPaused = true;
    valve.pause();
  }

  async #handOver(messages: readonly KafkaMessage[], round: number): Promise<void> {
    const { topic, partition, handler, limits } = this.#options;
    let position = Number(messages[0]?.offset);
    try {
      for (const records of inBatches(messages, limits)) {
        position = records[0]?.position ?? position;
        await handler.records({ topic: topic.name, partition, records });
        // Catching up must not keep the event loop from everything else.
        await nextTurn();
        if (this.#isOver(round)) return;
      }
    } catch (error) {
      if (this.#isOver(round)) return;
      this.#stop(handlerFailed(`The handler of ${this.#place} failed at ${position}.`, error));
    }
  }

  /** What was fetched is not what follows: the fetch was an old one, or records are gone, or this is another log. */
  async #findGround(first: number, round: number): Promise<void> {
    const bounds = await this.#ground.bounds().catch(() => null);
    // Without an answer the same is fetched again, and asked again.
    if (bounds === null || this.#isOver(round) || this.#next === null) return;
    const fault = positionFault(this.#place, this.#next, bounds);
    if (fault !== null) return this.#stop(fault);
    // A gap that is still retained holds no records: nothing was lost.
    this.#next = Math.max(this.#next, first);
    this.#align();
  }

  #stop(error: EventLogError): void {
    this.#next = null;
    this.#align();
    this.#options.handler.failed(this.#options.partition, error);
  }
}

const settled = (work: Promise<unknown>): Promise<void> =>
  work.then(
    () => undefined,
    () => undefined,
  );

const handlerFailed = (message: string, cause: unknown): EventLogError =>
  new EventLogError('EARSHOT_LOG_HANDLER_FAILED', message, { cause });

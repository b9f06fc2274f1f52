import type { Consumer, EachBatchPayload, PartitionAssigner } from 'kafkajs';
import { isDoneWithin, pause, type Clock } from '../client/clock.ts';
import type { Clients } from '../client/clients.ts';
import { faultOf, toEventLogError } from '../client/kafka-failure.ts';
import type { KafkaLogLine } from '../options.ts';
import type { Valve } from './partition-feed.ts';
import type { KnownTopic } from '../topics/topic-directory.ts';

export interface GroupConsumerOptions {
  readonly topic: KnownTopic;
  /** As the brokers know it. */
  readonly groupId: string;
  readonly assigner: PartitionAssigner;
  /** The group has given us these, now and until told otherwise. Called before anything is fetched. */
  readonly joined: (memberId: string, partitions: readonly number[]) => void;
  /** We are in the group no more: others may work on what was ours. May be told twice. */
  readonly lost: () => void;
  readonly fetched: (payload: EachBatchPayload) => Promise<void>;
  /** From `first` to `last` the partition holds no record, only marks of transactions or what compaction has left. */
  readonly passed: (partition: number, first: number, last: number) => void;
}

export interface GroupConsumerDependencies {
  readonly clients: Clients;
  readonly clock: Clock;
  readonly logged: (line: KafkaLogLine) => void;
}

/** A consumer that stays in its group, whatever happens to the brokers, until it is stopped. */
export interface GroupConsumer {
  /**
   * Joins; rejects with EventLogError when no broker answers. Once in the group it comes back by itself after every
   * loss.
   */
  join(): Promise<void>;
  valve(partition: number): Valve;
  /** Leaves the group. Never rejects, and takes a frozen broker's time at most. */
  stop(): Promise<void>;
}

/** Before another consumer is made in place of one that kafkajs has given up. */
const REOPEN_PAUSE_MS = 1_000;

/** A frozen broker answers nothing; by then the library's own timeouts are over. */
const STOP_MS_MAX = 10_000;

export const createGroupConsumer = (
  dependencies: GroupConsumerDependencies,
  options: GroupConsumerOptions,
): GroupConsumer => new StayingConsumer(dependencies, options);

class StayingConsumer implements GroupConsumer {
  readonly #dependencies: GroupConsumerDependencies;
  readonly #options: GroupConsumerOptions;
  #consumer: Consumer | null = null;
  #isStopping = false;
  #isInGroup = false;
  #isTroubled = false;

  constructor(dependencies: GroupConsumerDependencies, options: GroupConsumerOptions) {
    this.#dependencies = dependencies;
    this.#options = options;
  }

  async join(): Promise<void> {
    const { topic, groupId, assigner, fetched } = this.#options;
    const isWanted = (): boolean => !this.#isStopping;
    const consumer = this.#dependencies.clients.consumer({ groupId, assigner, isWanted });
    this.#consumer = consumer;
    this.#listen(consumer);
    try {
      await consumer.connect();
      // Where a position is lost the library begins at the oldest record, which is noticed; at the newest it would
      // skip.
      await consumer.subscribe({ topics: [topic.kafkaName], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        // A worker for each, so that none waits for another's handler.
        partitionsConsumedConcurrently: topic.partitions,
        eachBatch: fetched,
      });
    } catch (error) {
      void this.#leave(consumer);
      throw toEventLogError(error, `Group ${groupId} could not be joined`);
    }
    if (this.#isStopping) await this.#leave(consumer);
  }

  valve(partition: number): Valve {
    const topic = this.#options.topic.kafkaName;
    const inGroup = (): Consumer | null => (this.#isInGroup ? this.#consumer : null);
    return {
      seek: (position) => inGroup()?.seek({ topic, partition, offset: `${position}` }),
      pause: () => inGroup()?.pause([{ topic, partitions: [partition] }]),
      resume: () => inGroup()?.resume([{ topic, partitions: [partition] }]),
    };
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#consumer !== null) await this.#leave(this.#consumer);
  }

  #listen(consumer: Consumer): void {
    const { events } = consumer;
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      // A join that was under way when we were stopped.
      if (this.#isStopping) void this.#leave(consumer);
      else this.#enter(payload.memberId, payload.memberAssignment[this.#options.topic.kafkaName] ?? []);
    });
    consumer.on(events.STOP, () => this.#lose());
    consumer.on(events.CRASH, ({ payload }) => this.#crash(payload.error, payload.restart));
    consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      const { partition, batchSize, firstOffset, lastOffset } = payload;
      if (batchSize === 0) this.#options.passed(partition, Number(firstOffset ?? lastOffset), Number(lastOffset));
    });
  }

  #enter(memberId: string, partitions: readonly number[]): void {
    this.#isInGroup = true;
    this.#isTroubled = false;
    this.#tell('info', 'group joined', { partitions });
    this.#options.joined(memberId, partitions);
  }

  #lose(): void {
    this.#isInGroup = false;
    this.#options.lost();
  }

  #crash(error: Error, willRestart: boolean): void {
    this.#lose();
    if (this.#isStopping) return;
    // Once per outage: while a broker is away the library crashes every few seconds.
    if (!this.#isTroubled) this.#tell('warn', 'consumer crashed, begins again', { because: faultOf(error).message });
    this.#isTroubled = true;
    if (!willRestart) void this.#joinAgain();
  }

  async #joinAgain(): Promise<void> {
    while (!this.#isStopping) {
      await pause(this.#dependencies.clock, REOPEN_PAUSE_MS);
      try {
        if (!this.#isStopping) return await this.join();
      } catch (error) {
        this.#tell('debug', 'group not joined', { because: faultOf(error).message });
      }
    }
  }

  async #leave(consumer: Consumer): Promise<void> {
    await isDoneWithin(this.#dependencies.clock, STOP_MS_MAX, consumer.disconnect());
  }

  #tell(level: KafkaLogLine['level'], message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#dependencies.logged({ level, message, fields: { group: this.#options.groupId, ...fields } });
  }
}

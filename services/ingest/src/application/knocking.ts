import { encodeHeartbeatTopicRecord, type DurationMs, HEARTBEATS_TOPIC, partitionOf } from '@earshot/contracts';
import type { AppendOutcome } from '@earshot/event-log';
import { type Clock, createLoop, createSparseLogger, type Logger, type Loop } from '@earshot/runtime';
import { type KnockHistory, NO_KNOCKS, withAcknowledged } from '../domain/ingest-readiness.ts';
import {
  createPartitionReport,
  type KnockWords,
  knockAcknowledged,
  nextKnock,
  noteTurnedAway,
  type PartitionReport,
  type TurnedAwayKind,
} from '../domain/knock.ts';
import { nextKnockAt } from '../domain/knock-time.ts';
import type { AppendQueue } from './append-queue.ts';

/** Missing knocks are said at most this often. */
const WARNING_PERIOD_MS: DurationMs = 10_000;

export interface KnockingDependencies {
  readonly ingestId: string;
  readonly partitions: number;
  readonly queue: AppendQueue;
  readonly clock: Clock;
  readonly logger: Logger;
  /**
   * One request through our own listening socket, on a new connection. Rejects, in bounded time, when it was not
   * acknowledged.
   */
  readonly knockOnDoor: () => Promise<void>;
  /** Whether a heartbeat could be decided now; a knock proves nothing else. */
  readonly canDecide: () => boolean;
  readonly isLeaving: () => boolean;
}

/**
 * Proves once a second that this ingest hears and records (T3). States of one knock:
 *
 * | state | begins with | ends with |
 * | --- | --- | --- |
 * | at the door | a whole second of wall time | the request is at the handler (`answerDoor`), or failed |
 * | in the queue | a record per partition behind the heartbeats before it | every partition has answered |
 * | acknowledged or missed | all partitions took it, or not | the next whole second |
 *
 * The next knock waits for the end of the last, so that the distance of knocks bounds the queue's delay.
 */
export interface Knocking {
  /** Knocks at once, then at every whole second. */
  start(): void;
  /** No further knocks; resolves when none is under way. Twice is fine. */
  stop(): Promise<void>;
  /**
   * A knock has come through the door: appends it, unless the last is still under way. Answers whether every partition
   * acknowledged it.
   */
  answerDoor(): Promise<boolean>;
  /** Tells every partition, best effort, that this ingest is gone. Answers whether every partition acknowledged it. */
  sayGoodbye(): Promise<boolean>;
  /** An authentic request of the system got a 5xx or a 429: said by the knocks of its partition until acknowledged. */
  turnedAway(systemId: string, kind: TurnedAwayKind): void;
  /** Whether every partition has acknowledged a knock at least once: before that a heartbeat must not be accepted. */
  isKnown(): boolean;
  history(): KnockHistory;
}

interface PartitionKnocks {
  readonly report: PartitionReport;
  isKnown: boolean;
}

export const createKnocking = (dependencies: KnockingDependencies): Knocking => new OwnDoorKnocking(dependencies);

class OwnDoorKnocking implements Knocking {
  readonly #dependencies: KnockingDependencies;
  readonly #partitions: readonly PartitionKnocks[];
  readonly #loop: Loop;
  readonly #warn: (fields: object, message: string) => void;
  #number = 0;
  #lastKnockAt = 0;
  #isFirst = true;
  #isKnown = false;
  #underWay: Promise<boolean> | null = null;
  #history: KnockHistory = NO_KNOCKS;

  constructor(dependencies: KnockingDependencies) {
    const { clock, logger, partitions } = dependencies;
    this.#dependencies = dependencies;
    this.#partitions = Array.from({ length: partitions }, () => ({ report: createPartitionReport(), isKnown: false }));
    this.#warn = createSparseLogger(logger, { periodMs: WARNING_PERIOD_MS, monotonicNow: clock.monotonicNow });
    this.#loop = createLoop({
      clock,
      pauseMs: () => this.#pauseMs(),
      turn: () => this.#knock(),
      onError: (error) => this.#warn({ error }, 'a knock was not acknowledged'),
    });
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  answerDoor(): Promise<boolean> {
    if (this.#underWay !== null || !this.#dependencies.canDecide()) return Promise.resolve(false);
    return this.#append({ leaving: this.#dependencies.isLeaving(), goodbye: false });
  }

  sayGoodbye(): Promise<boolean> {
    return this.#append({ leaving: true, goodbye: true });
  }

  turnedAway(systemId: string, kind: TurnedAwayKind): void {
    const partition = this.#partitions[partitionOf(systemId, this.#partitions.length)];
    if (partition !== undefined) noteTurnedAway(partition.report, systemId, kind);
  }

  isKnown(): boolean {
    return this.#isKnown;
  }

  history(): KnockHistory {
    return this.#history;
  }

  #pauseMs(): DurationMs {
    // Nothing is accepted before the first knock is acknowledged, so that one does not wait for its second.
    if (this.#isFirst) return 0;
    const now = this.#dependencies.clock.wallNow();
    this.#lastKnockAt = nextKnockAt(now, this.#lastKnockAt);
    return this.#lastKnockAt - now;
  }

  async #knock(): Promise<void> {
    this.#isFirst = false;
    await this.#dependencies.knockOnDoor();
  }

  #append(kind: { readonly leaving: boolean; readonly goodbye: boolean }): Promise<boolean> {
    this.#number += 1;
    const words = { ingest: this.#dependencies.ingestId, n: this.#number, ...kind };
    const appends = this.#partitions.map((partition, index) => this.#appendTo(partition, index, words));
    const underWay = Promise.all(appends).then((acknowledged) => {
      if (this.#underWay === underWay) this.#underWay = null;
      this.#isKnown ||= this.#partitions.every((partition) => partition.isKnown);
      const isAcknowledged = acknowledged.every(Boolean);
      if (isAcknowledged) this.#history = withAcknowledged(this.#history, this.#dependencies.clock.monotonicNow());
      return isAcknowledged;
    });
    this.#underWay = underWay;
    return underWay;
  }

  #appendTo(partition: PartitionKnocks, index: number, words: KnockWords): Promise<boolean> {
    const value = encodeHeartbeatTopicRecord(nextKnock(partition.report, words));
    const record = { topic: HEARTBEATS_TOPIC, partition: index, key: null, value };
    const settled = (outcome: AppendOutcome): boolean => {
      if ('error' in outcome) {
        this.#warn({ error: outcome.error, partition: index }, 'a partition did not acknowledge a knock');
        return false;
      }
      knockAcknowledged(partition.report);
      partition.isKnown = true;
      return true;
    };
    return new Promise((resolve) => {
      this.#dependencies.queue.offerKnock(record, (outcome) => resolve(settled(outcome)));
    });
  }
}

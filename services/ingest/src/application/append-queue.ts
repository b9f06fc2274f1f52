import type { DurationMs } from '@earshot/contracts';
import { type AppendOutcome, type EventLog, EventLogError, type NewRecord } from '@earshot/event-log';
import type { Clock } from '@earshot/runtime';

/**
 * Heartbeats that may wait. At full rate that is about a quarter of a second: what would wait longer is better told to
 * come back, for its delay comes out of the margin between a system's interval and its ttl. Raised: overload is
 * answered later.
 */
export const QUEUE_RECORDS_MAX = 4_096;

/**
 * Memory their texts may take. Ordinary records (300 B) never reach it before QUEUE_RECORDS_MAX; ids of 255 emoji would
 * take four times as much.
 */
export const QUEUE_BYTES_MAX = 4_194_304;

/**
 * Records of one append. Raised: a slow log answers the first of them later. Lowered: more of its fixed cost per
 * record.
 */
export const APPEND_RECORDS_MAX = 500;

/**
 * When an append is given up that the log never answers. The log states a shorter time of its own (L13), so this is
 * only for one that breaks its promise: no sender waits for ever.
 */
export const APPEND_DEADLINE_MS: DurationMs = 30_000;

/** Told what became of a record, once. */
type Settled = (outcome: AppendOutcome) => void;

export interface AppendQueue {
  /**
   * False when the record does not fit in: then nothing happens. Records are appended in the order they are offered.
   */
  offer(record: NewRecord, settled: Settled): boolean;
  /** Knocks and goodbyes stand behind what was offered before them, however much that is: few, and one at a time. */
  offerKnock(record: NewRecord, settled: Settled): void;
  /** Records not yet settled. */
  records(): number;
  /** Resolves when nothing is waiting or under way. */
  drained(): Promise<void>;
  /** Refuses what waits and whatever is offered later, with EARSHOT_LOG_CLOSED. Twice is fine. */
  close(): void;
}

export interface AppendQueueDependencies {
  readonly log: Pick<EventLog, 'append'>;
  readonly clock: Clock;
  /** How long an append took, whatever came of it. */
  readonly appended: (durationMs: DurationMs) => void;
}

interface Waiting {
  readonly record: NewRecord;
  readonly bytes: number;
  readonly settled: Settled;
}

/** V8 keeps one or two bytes a character. */
const bytesOf = ({ key, value }: NewRecord): number => 2 * ((key?.length ?? 0) + (value?.length ?? 0));

const unanswered: AppendOutcome = {
  error: new EventLogError('EARSHOT_LOG_TIMEOUT', 'the log did not answer', { mayHaveLanded: true }),
};
const closed: AppendOutcome = { error: new EventLogError('EARSHOT_LOG_CLOSED', 'the append queue is closed') };

/** A rejected append breaks the port's promise; nobody knows what landed. */
const failedOutcome = (cause: unknown): AppendOutcome => ({
  error: new EventLogError('EARSHOT_LOG_UNAVAILABLE', 'the append failed', { cause, mayHaveLanded: true }),
});

/**
 * Groups what arrived while the previous append was under way. One append at a time; a lone record is appended at once:
 * grouping costs nobody any waiting.
 */
export const createAppendQueue = (dependencies: AppendQueueDependencies): AppendQueue =>
  new GroupingQueue(dependencies);

class GroupingQueue implements AppendQueue {
  readonly #dependencies: AppendQueueDependencies;
  #waiting: Waiting[] = [];
  #records = 0;
  #bytes = 0;
  #isUnderWay = false;
  #isClosed = false;
  #drained: (() => void)[] = [];

  constructor(dependencies: AppendQueueDependencies) {
    this.#dependencies = dependencies;
  }

  offer(record: NewRecord, settled: Settled): boolean {
    const bytes = bytesOf(record);
    const fits = this.#records < QUEUE_RECORDS_MAX && this.#bytes + bytes <= QUEUE_BYTES_MAX;
    if (!fits || this.#isClosed) return false;
    this.#add({ record, bytes, settled });
    return true;
  }

  offerKnock(record: NewRecord, settled: Settled): void {
    if (this.#isClosed) settled(closed);
    else this.#add({ record, bytes: bytesOf(record), settled });
  }

  records(): number {
    return this.#records;
  }

  drained(): Promise<void> {
    return this.#records === 0 ? Promise.resolve() : new Promise((resolve) => this.#drained.push(resolve));
  }

  close(): void {
    this.#isClosed = true;
    const refused = this.#waiting;
    this.#waiting = [];
    this.#settle(refused, () => closed);
  }

  #add(waiting: Waiting): void {
    this.#waiting.push(waiting);
    this.#records += 1;
    this.#bytes += waiting.bytes;
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    // The other requests of this turn of the event loop go along.
    setImmediate(() => this.#appendNext());
  }

  #takeGroup(): readonly Waiting[] {
    if (this.#waiting.length > APPEND_RECORDS_MAX) return this.#waiting.splice(0, APPEND_RECORDS_MAX);
    const group = this.#waiting;
    this.#waiting = [];
    return group;
  }

  #appendNext(): void {
    const group = this.#takeGroup();
    this.#isUnderWay = group.length > 0;
    if (!this.#isUnderWay) return;
    const { clock, log } = this.#dependencies;
    const startedAt = clock.monotonicNow();
    let isOver = false;
    const finish = (outcomeOf: (index: number) => AppendOutcome): void => {
      if (isOver) return;
      isOver = true;
      timer.cancel();
      // The log gets its next group before the senders get their answers, so that it never waits for us.
      this.#appendNext();
      this.#dependencies.appended(clock.monotonicNow() - startedAt);
      this.#settle(group, outcomeOf);
    };
    const timer = clock.after(APPEND_DEADLINE_MS, () => finish(() => unanswered));
    log.append(group.map(({ record }) => record)).then(
      (outcomes) => finish((index) => outcomes[index] ?? unanswered),
      (error: unknown) => finish(() => failedOutcome(error)),
    );
  }

  #settle(group: readonly Waiting[], outcomeOf: (index: number) => AppendOutcome): void {
    for (const { bytes } of group) this.#bytes -= bytes;
    this.#records -= group.length;
    group.forEach(({ settled }, index) => settled(outcomeOf(index)));
    if (this.#records > 0) return;
    const drained = this.#drained;
    this.#drained = [];
    for (const resolve of drained) resolve();
  }
}

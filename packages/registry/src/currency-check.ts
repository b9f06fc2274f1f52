import { type DurationMs, REGISTRY_TOPIC } from '@earshot/contracts';
import type { EventLog } from '@earshot/event-log';
import { answerWithin, type RegistryClock } from './registry-clock.ts';
import { RegistryError } from './registry-error.ts';
import { type Currency, currencyOf } from './registry-view.ts';

/** Pause between two questions where the registry ends. */
const ASK_PERIOD_MS: DurationMs = 1_000;
/**
 * A question unanswered for this long is given up and asked again, in time for one lost answer not to end currency (5
 * s).
 */
const ASK_DEADLINE_MS: DurationMs = 2_000;

export interface CurrencyCheckOptions {
  readonly log: EventLog;
  readonly clock: RegistryClock;
  /** Position after the newest record that is in; null while the table is not followed. */
  readonly position: () => number | null;
  readonly onError: (error: unknown) => void;
  /** The log ends before what was read of it. */
  readonly onOtherLog: (error: RegistryError) => void;
}

export interface CurrencyCheck {
  currency(): Currency;
  /** The table was complete as of this (monotonic) moment. */
  provenAt(at: DurationMs): void;
  /** Asks now; resolves when there is an answer, or none in time. Never rejects. */
  ask(): Promise<void>;
  /** More records are in: an answer that was ahead of them may be met now. */
  look(): void;
  /** The reading has ended: what was asked of it says nothing about the next. */
  forget(): void;
  start(): void;
  stop(): void;
}

/**
 * Keeps the proof that a table is current: it was at the log's end as of the moment the question for that end was
 * asked. A question that hangs, fails or is answered about another log proves nothing, so that trust in the table runs
 * out.
 */
export const createCurrencyCheck = (options: CurrencyCheckOptions): CurrencyCheck => {
  const { log, clock, position } = options;
  let proven: DurationMs = Number.NEGATIVE_INFINITY;
  /** The oldest answer that the table has not come to yet: the newest would never be met by a table a little behind. */
  let ahead: { readonly end: number; readonly askedAt: DurationMs } | null = null;
  /** Counts the readings of the table; an answer to a question of an earlier one is dropped. */
  let reading = 0;
  let timer: { cancel(): void } | null = null;

  const prove = (at: DurationMs): void => {
    proven = Math.max(proven, at);
  };
  const look = (): void => {
    if (ahead === null || (position() ?? -1) < ahead.end) return;
    prove(ahead.askedAt);
    ahead = null;
  };
  const compare = (end: number, question: { readonly askedAt: DurationMs; readonly from: number }): void => {
    if (end < question.from) {
      const message = `the registry ends at ${end}, but was read up to ${question.from}`;
      options.onOtherLog(new RegistryError('EARSHOT_REGISTRY_OTHER_LOG', message));
      return;
    }
    if ((position() ?? -1) >= end) prove(question.askedAt);
    else ahead ??= { end, askedAt: question.askedAt };
  };
  const ask = async (): Promise<void> => {
    const from = position();
    const asked = reading;
    if (from === null) return;
    const askedAt = clock.monotonicNow();
    try {
      const bounds = await answerWithin(clock, ASK_DEADLINE_MS, log.ends(REGISTRY_TOPIC));
      if (asked === reading) compare(bounds[0]?.end ?? 0, { askedAt, from });
      look();
    } catch (error) {
      options.onError(error);
    }
  };
  const schedule = (): void => {
    timer = clock.after(ASK_PERIOD_MS, () => void ask().then(() => timer !== null && schedule()));
  };
  return {
    currency: () => currencyOf(clock.monotonicNow() - proven),
    provenAt: prove,
    ask,
    look,
    forget: () => {
      reading += 1;
      ahead = null;
    },
    start: () => {
      if (timer === null) schedule();
    },
    stop: () => {
      timer?.cancel();
      timer = null;
    },
  };
};

import type { DurationMs, UnreadableReason } from '@earshot/contracts';
import type { EventLog, LogRecord } from '@earshot/event-log';
import { createCurrencyCheck, type CurrencyCheck } from './currency-check.ts';
import { createMemoryRegistryView } from './memory-registry-view.ts';
import { createPositionWaiters, type PositionWaiters } from './position-waiters.ts';
import type { RegistryClock } from './registry-clock.ts';
import type { Currency, RegistryView } from './registry-view.ts';
import { createTableReading, type TableReading } from './table-reading.ts';

export interface RegistryReaderOptions {
  readonly log: EventLog;
  readonly clock: RegistryClock;
  /**
   * Every record as it is read; `reached` waits for it. `reading` counts up from 1 each time the whole table is read
   * anew: keys that a later reading has not told by its `onCaughtUp` are gone. If it throws, the table is read anew.
   */
  readonly onRecords?: (records: readonly LogRecord[], reading: number) => void;
  /** This reading's view is complete, and the one to be read from now on. */
  readonly onCaughtUp?: (reading: number) => void;
  /** A record was skipped; again in each reading. */
  readonly onUnreadable?: (reason: UnreadableReason, record: LogRecord) => void;
  /** Something failed and is tried again: reading the table, or asking where it ends (up to once a second). */
  readonly onError?: (error: unknown) => void;
}

/** The registry of this moment, and how far it may be trusted. */
export interface RegistryReader {
  /**
   * Resolves when the view is complete up to the log's end at the call, and that was asked once more; tries for ever
   * while the log is unavailable. Resolves too when the reader is stopped before. Never rejects.
   */
  start(): Promise<void>;
  /** Resolves when no callback is running; the view stays as it is and ages. Twice is fine. */
  stop(): Promise<void>;
  readonly view: RegistryView;
  /** By the process's monotonic clock. */
  currency(): Currency;
  /** Null before the log's entry was read. */
  logId(): string | null;
  /** Resolves when every record before `end` is in the view; rejects with EARSHOT_REGISTRY_BEHIND after 5 s. */
  reached(end: number): Promise<void>;
}

/** Waits between attempts to read the table: doubled each time, from the first to the last. */
const BACKOFF_FIRST_MS: DurationMs = 100;
const BACKOFF_LAST_MS: DurationMs = 5_000;

interface ReaderParts {
  readonly options: RegistryReaderOptions;
  readonly onError: (error: unknown) => void;
  readonly stopped: AbortSignal;
  /** This reading's view is the one to be read from now on. */
  swap(reading: TableReading): void;
  readonly check: CurrencyCheck;
  readonly waiters: PositionWaiters;
}

/** Resolves after the delay, at once when stopped. */
const pause = (clock: RegistryClock, delayMs: DurationMs, stopped: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (stopped.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      timer.cancel();
      stopped.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(delayMs, end);
    stopped.addEventListener('abort', end, { once: true });
  });

/** One reading of the whole table, from its beginning until it fails or is stopped. True if it had caught up. */
const followOnce = async (parts: ReaderParts, number: number, onCaughtUp: () => void): Promise<boolean> => {
  const { options, stopped, check, waiters } = parts;
  const reading = createTableReading({
    log: options.log,
    stopped,
    view: createMemoryRegistryView(options.onUnreadable === undefined ? {} : { onUnreadable: options.onUnreadable }),
    onRecords: (records) => {
      options.onRecords?.(records, number);
      check.look();
      waiters.look();
    },
  });
  const calledAt = options.clock.monotonicNow();
  const hasCaughtUp = await reading.open();
  if (hasCaughtUp && !stopped.aborted) {
    parts.swap(reading);
    check.provenAt(calledAt);
    options.onCaughtUp?.(number);
    waiters.look();
    await Promise.race([check.ask(), reading.ended()]);
    onCaughtUp();
  }
  const error = await reading.ended();
  check.forget();
  if (error !== null) parts.onError(error);
  return hasCaughtUp;
};

const followForEver = async (parts: ReaderParts, onCaughtUp: () => void): Promise<void> => {
  let backoffMs = BACKOFF_FIRST_MS;
  for (let number = 1; !parts.stopped.aborted; number += 1) {
    if (await followOnce(parts, number, onCaughtUp)) backoffMs = BACKOFF_FIRST_MS;
    await pause(parts.options.clock, backoffMs, parts.stopped);
    backoffMs = Math.min(backoffMs * 2, BACKOFF_LAST_MS);
  }
};

/**
 * Follows the registry topic into memory. Each time following fails, the table is read anew into a view of its own,
 * which takes the other's place when it is complete: keys whose tombstones were compacted away meanwhile are gone then,
 * and until then what was known stays, and ages.
 */
export const createRegistryReader = (options: RegistryReaderOptions): RegistryReader => {
  const { log, clock } = options;
  const onError = options.onError ?? (() => undefined);
  const stopping = new AbortController();
  const caughtUp = Promise.withResolvers<void>();
  let running: Promise<void> | null = null;
  let current = createTableReading({
    log,
    stopped: stopping.signal,
    view: createMemoryRegistryView(),
    onRecords: () => undefined,
  });
  const waiters = createPositionWaiters(clock, () => current.position());
  const check = createCurrencyCheck({
    log,
    clock,
    position: () => (current.isFollowing() ? current.position() : null),
    onError,
    onOtherLog: (error) => current.end(error),
  });
  const parts: ReaderParts = {
    options,
    onError,
    stopped: stopping.signal,
    swap: (reading) => {
      current = reading;
    },
    check,
    waiters,
  };
  return {
    start: () => {
      if (running === null && !stopping.signal.aborted) {
        running = followForEver(parts, caughtUp.resolve);
        check.start();
      }
      return caughtUp.promise;
    },
    stop: async () => {
      stopping.abort();
      check.stop();
      caughtUp.resolve();
      await running;
    },
    view: {
      owner: (username) => current.view.owner(username),
      system: (systemId) => current.view.system(systemId),
      fleet: (name) => current.view.fleet(name),
    },
    currency: () => check.currency(),
    logId: () => current.view.logId(),
    reached: (end) => waiters.reached(end),
  };
};

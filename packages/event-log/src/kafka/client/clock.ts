import type { DurationMs } from '@earshot/contracts';

/** Something that will happen once; cancelling it twice or after it happened is fine. */
export interface Timer {
  cancel(): void;
}

/** Drives deadlines and pauses between attempts, never a decision: records carry the broker's time. */
export interface Clock {
  /** Runs once after the delay, without keeping the process alive. */
  readonly after: (delayMs: DurationMs, run: () => void) => Timer;
}

/** The machine's clock. */
export const machineClock: Clock = {
  after: (delayMs, run) => {
    const handle = setTimeout(run, delayMs).unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after the delay. */
export const pause = (clock: Clock, delayMs: DurationMs): Promise<void> =>
  new Promise((resolve) => void clock.after(delayMs, resolve));

/** What the work resolves or rejects with, or a rejection with `late()` if that takes longer than `deadlineMs`. */
export const within = async <T>(
  { clock, deadlineMs, late }: { readonly clock: Clock; readonly deadlineMs: DurationMs; readonly late: () => Error },
  work: Promise<T>,
): Promise<T> => {
  const expired = Promise.withResolvers<never>();
  const timer = clock.after(deadlineMs, () => expired.reject(late()));
  try {
    return await Promise.race([work, expired.promise]);
  } finally {
    timer.cancel();
  }
};

/** Whether the work has settled before the time is over; never rejects. */
export const isDoneWithin = async (clock: Clock, ms: DurationMs, work: Promise<unknown>): Promise<boolean> => {
  const expired = Promise.withResolvers<boolean>();
  const timer = clock.after(ms, () => expired.resolve(false));
  const isDone = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([isDone, expired.promise]);
  } finally {
    timer.cancel();
  }
};

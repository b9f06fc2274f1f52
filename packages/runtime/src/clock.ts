import type { DurationMs, EpochMs } from '@earshot/contracts';

/** Something that will happen once; cancelling it twice or after it happened is fine. */
export interface Timer {
  cancel(): void;
}

/**
 * A process's own clock. It drives loops, deadlines and rate limits; it never decides about a system (that is log time's
 * business). Handed in everywhere, so that tests and the simulation own time.
 */
export interface Clock {
  /** Wall time; may be set back or forward by others. */
  readonly wallNow: () => EpochMs;
  /** Milliseconds since some start; never goes back. May have a fraction. */
  readonly monotonicNow: () => DurationMs;
  /** Runs once after the delay. Does not keep the process alive by itself. */
  readonly after: (delayMs: DurationMs, run: () => void) => Timer;
}

/** The machine's clock. */
export const systemClock: Clock = {
  wallNow: () => Date.now(),
  monotonicNow: () => performance.now(),
  after: (delayMs, run) => {
    const handle = setTimeout(run, delayMs).unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

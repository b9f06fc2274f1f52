import type { DurationMs, EpochMs } from '@earshot/contracts';
import type { Clock } from '@earshot/runtime';

/** A clock that stands still until a test moves it. */
export interface ManualClock extends Clock {
  /**
   * Moves both times on by `ms`, running what falls due in order of its time (of equal times: of its making), each at
   * its own instant; also what is newly scheduled on the way. Between and after, everything awaited gets its turn.
   */
  advance(ms: DurationMs): Promise<void>;
  /** Steps wall time alone, as an operator or NTP would; nothing falls due by it. */
  setWall(at: EpochMs): void;
  /** How many timers wait: what a stopped part must leave at none. */
  waiting(): number;
}

interface Waiting {
  readonly due: DurationMs;
  readonly run: () => void;
}

const WALL_DEFAULT: EpochMs = Date.UTC(2025, 6, 21, 10, 25);

/** Captured at import, so that a test that fakes timers does not stop the clock's own turn of the event loop. */
const nextTurn = setImmediate;

/** A whole turn of the event loop: every microtask, and everything they start, has run. */
const settle = (): Promise<void> => new Promise((resolve) => nextTurn(() => resolve()));

/** Starts at 2025-07-21T10:25:00.000Z unless told otherwise; monotonic time starts at 0. */
export const createManualClock = (options: { readonly wall?: EpochMs } = {}): ManualClock => {
  let wall = options.wall ?? WALL_DEFAULT;
  let monotonic: DurationMs = 0;
  /** In order of making, which decides between equal times. */
  const timers = new Set<Waiting>();

  const moveTo = (instant: DurationMs): void => {
    wall += instant - monotonic;
    monotonic = instant;
  };
  const nextDue = (until: DurationMs): Waiting | undefined => {
    let next: Waiting | undefined;
    for (const timer of timers) {
      if (timer.due <= until && (next === undefined || timer.due < next.due)) next = timer;
    }
    return next;
  };
  const advance = async (ms: DurationMs): Promise<void> => {
    const until = monotonic + ms;
    await settle();
    for (let timer = nextDue(until); timer !== undefined; timer = nextDue(until)) {
      timers.delete(timer);
      moveTo(timer.due);
      timer.run();
      await settle();
    }
    moveTo(until);
  };
  return {
    wallNow: () => wall,
    monotonicNow: () => monotonic,
    after: (delayMs, run) => {
      const timer: Waiting = { due: monotonic + Math.max(0, delayMs), run };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    advance,
    setWall: (at) => {
      wall = at;
    },
    waiting: () => timers.size,
  };
};

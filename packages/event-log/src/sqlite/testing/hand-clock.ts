import type { Clock } from '../log-clock.ts';

/** The machine's clocks in a test's hand. */
export interface HandClock extends Clock {
  /** Lets time pass. */
  pass(ms: number): void;
  /** Sets the wall clock, forward or back; monotonic time does not notice. */
  set(ms: number): void;
}

const START_MS = 1_753_093_500_000;

export const createHandClock = (): HandClock => {
  let wall = START_MS;
  let monotonic = 0;
  return {
    wallNow: () => wall,
    monotonicNow: () => monotonic,
    pass: (ms) => {
      wall += ms;
      monotonic += ms;
    },
    set: (ms) => {
      wall += ms;
    },
  };
};

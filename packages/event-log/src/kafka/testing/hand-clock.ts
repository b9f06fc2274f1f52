import type { Clock } from '../client/clock.ts';

/** A clock that stands still until a test moves it. */
export interface HandClock extends Clock {
  /** Moves on, running what falls due in order; between and after, everything awaited gets its turn. */
  advance(ms: number): Promise<void>;
}

/** Turns of the event loop: enough for whatever only waits for its turn, a batch after another included. */
const TURNS = 10;

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

export const createHandClock = (): HandClock => {
  const waiting = new Set<{ readonly due: number; readonly run: () => void }>();
  let now = 0;
  return {
    after: (delayMs, run) => {
      const timer = { due: now + delayMs, run };
      waiting.add(timer);
      return { cancel: () => void waiting.delete(timer) };
    },
    advance: async (ms) => {
      const until = now + ms;
      await settle();
      for (;;) {
        const [next] = [...waiting].filter(({ due }) => due <= until).toSorted((a, b) => a.due - b.due);
        if (next === undefined) break;
        waiting.delete(next);
        now = next.due;
        next.run();
        await settle();
      }
      now = until;
    },
  };
};

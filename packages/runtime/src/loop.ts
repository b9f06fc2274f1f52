import type { DurationMs } from '@earshot/contracts';
import type { Clock, Timer } from './clock.ts';

export interface Loop {
  start(): void;
  /** Ends the loop; resolves when a turn under way has ended. Twice is fine. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  readonly clock: Clock;
  /** Pause from the end of one turn to the start of the next; asked anew each time. */
  readonly pauseMs: () => DurationMs;
  /** One turn. Turns never overlap. */
  readonly turn: () => Promise<void> | void;
  /** A turn that throws is reported here; the loop goes on. */
  readonly onError: (error: unknown) => void;
}

/** Does the same thing again and again until it is stopped. The first turn comes after the first pause. */
export const createLoop = (options: LoopOptions): Loop => {
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let stopped = true;

  const runTurn = async (): Promise<void> => {
    try {
      await options.turn();
    } catch (error) {
      options.onError(error);
    }
  };
  const schedule = (): void => {
    if (stopped) return;
    timer = options.clock.after(options.pauseMs(), () => {
      running = runTurn().then(schedule);
    });
  };
  return {
    start: () => {
      if (!stopped) return;
      stopped = false;
      schedule();
    },
    stop: async () => {
      stopped = true;
      timer?.cancel();
      await running;
    },
  };
};

import type { DurationMs } from '@earshot/contracts';
import type { RegistryClock } from './registry-clock.ts';
import { RegistryError } from './registry-error.ts';

export interface PositionWaiters {
  /** Resolves when everything before `end` is in; rejects with EARSHOT_REGISTRY_BEHIND after REACHED_DEADLINE_MS. */
  reached(end: number): Promise<void>;
  /** Wakes those whose position is reached. */
  look(): void;
}

/** Longer than a healthy log takes by far; shorter than a caller of the admin API waits. */
const REACHED_DEADLINE_MS: DurationMs = 5_000;

/** Lets callers wait until a table has come to a position. */
export const createPositionWaiters = (clock: RegistryClock, position: () => number): PositionWaiters => {
  const waiting = new Set<{ readonly end: number; readonly wake: () => void }>();
  return {
    reached: (end) =>
      new Promise((resolve, reject) => {
        if (position() >= end) {
          resolve();
          return;
        }
        const leave = (): void => {
          timer.cancel();
          waiting.delete(waiter);
        };
        const waiter = {
          end,
          wake: () => {
            leave();
            resolve();
          },
        };
        const timer = clock.after(REACHED_DEADLINE_MS, () => {
          leave();
          reject(new RegistryError('EARSHOT_REGISTRY_BEHIND', `at ${position()}, asked for ${end}`));
        });
        waiting.add(waiter);
      }),
    look: () => {
      for (const waiter of waiting) if (position() >= waiter.end) waiter.wake();
    },
  };
};

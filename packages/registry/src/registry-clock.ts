import type { DurationMs, EpochMs } from '@earshot/contracts';
import { RegistryError } from './registry-error.ts';

/**
 * What the registry needs of a process's clock. It drives questions, deadlines and back-off, and dates entries; it
 * decides nothing else.
 */
export interface RegistryClock {
  wallNow(): EpochMs;
  /** Never goes back. */
  monotonicNow(): DurationMs;
  after(delayMs: DurationMs, run: () => void): { cancel(): void };
}

/** What the promise gives, or EARSHOT_REGISTRY_NO_ANSWER when it takes longer; what comes later is dropped. */
export const answerWithin = <T>(clock: RegistryClock, deadlineMs: DurationMs, promise: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = clock.after(deadlineMs, () =>
      reject(new RegistryError('EARSHOT_REGISTRY_NO_ANSWER', `no answer within ${deadlineMs} ms`)),
    );
    promise.then(resolve, reject).finally(() => timer.cancel());
  });

import type { DurationMs } from '@earshot/contracts';
import type { Clock } from './clock.ts';

/** Resolves after the delay, or at once when the signal is given; never rejects. */
export const wait = (clock: Clock, delayMs: DurationMs, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const end = (): void => {
      timer.cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(delayMs, end);
    signal?.addEventListener('abort', end, { once: true });
  });

/** What the promise gives, or the error made by `onLate` when it takes longer. The promise itself goes on unobserved. */
export const withDeadline = <T>(
  clock: Clock,
  promise: Promise<T>,
  deadline: { readonly ms: DurationMs; readonly onLate: () => Error },
): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = clock.after(deadline.ms, () => reject(deadline.onLate()));
    promise.then(resolve, reject).finally(() => timer.cancel());
  });

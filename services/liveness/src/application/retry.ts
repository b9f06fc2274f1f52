import type { DurationMs } from '@earshot/contracts';
import { type Clock, wait } from '@earshot/runtime';

const DELAY_MS_MIN: DurationMs = 100;
/** Low, because a partition stands still while its owner waits. */
const DELAY_MS_MAX: DurationMs = 2_000;

/** The partition was taken from us, or the service stops: whatever was to be done is somebody else's business now. */
export class AbandonedError extends Error {
  override readonly name = 'AbandonedError';
  constructor() {
    super('abandoned: the partition is no longer ours');
  }
}

export interface RetryOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of each failure; throws to give up. */
  readonly onError: (error: unknown) => void;
}

/** Tries until it works. Throws AbandonedError as soon as the signal is given and the try under way has ended. */
export const retry = async <T>(options: RetryOptions, operation: () => Promise<T>): Promise<T> => {
  for (let delayMs = DELAY_MS_MIN; ; delayMs = Math.min(delayMs * 2, DELAY_MS_MAX)) {
    if (options.signal.aborted) throw new AbandonedError();
    try {
      return await operation();
    } catch (error) {
      options.onError(error);
    }
    await wait(options.clock, delayMs, options.signal);
  }
};

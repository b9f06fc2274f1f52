import { type Clock, type Logger, wait } from '@earshot/runtime';

const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 5_000;

/**
 * Opens something that may not be there yet, as everything starts at once. Tries until it works; an error that no trying mends
 * (`isFinal`) is thrown.
 */
export const openUntilThere = async <T>(
  open: () => Promise<T>,
  options: {
    readonly what: string;
    readonly isFinal: (error: unknown) => boolean;
    readonly clock: Clock;
    readonly logger: Logger;
  },
): Promise<T> => {
  for (let pauseMs = RETRY_MS_MIN; ; pauseMs = Math.min(pauseMs * 2, RETRY_MS_MAX)) {
    try {
      return await open();
    } catch (error) {
      if (options.isFinal(error)) throw error;
      options.logger.warn({ error, retryMs: pauseMs }, `${options.what} is not there yet; trying again`);
    }
    await wait(options.clock, pauseMs);
  }
};

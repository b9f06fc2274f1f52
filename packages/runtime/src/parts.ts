import type { DurationMs } from '@earshot/contracts';
import type { Clock } from './clock.ts';
import { withDeadline } from './wait.ts';

/** A named piece of a process. */
export interface Part {
  readonly name: string;
  start?(): Promise<void> | void;
  stop?(): Promise<void> | void;
}

export interface Parts {
  /** Starts the parts in order. If one fails, those before it are stopped again and its error is thrown. */
  readonly start: () => Promise<void>;
  /**
   * Stops the parts that were started, in reverse order, all within one deadline. Every part is given its turn, whatever
   * happened to the others; what went wrong is thrown at the end, joined. Twice is fine.
   */
  readonly stop: () => Promise<void>;
}

export interface PartsOptions {
  readonly clock: Clock;
  /** For all parts together, to stop. */
  readonly stopDeadlineMs: DurationMs;
}

/** A process as a list of named parts. */
export const createParts = (parts: readonly Part[], options: PartsOptions): Parts => {
  const started: Part[] = [];

  const stopPart = (part: Part, until: DurationMs): Promise<void> =>
    withDeadline(options.clock, Promise.resolve(part.stop?.()), {
      ms: Math.max(0, until - options.clock.monotonicNow()),
      onLate: () => new Error(`${part.name} did not stop in time`),
    });
  const stop = async (): Promise<void> => {
    const until = options.clock.monotonicNow() + options.stopDeadlineMs;
    const errors: unknown[] = [];
    for (let part = started.pop(); part !== undefined; part = started.pop()) {
      try {
        await stopPart(part, until);
      } catch (cause) {
        errors.push(cause);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, `stopping failed: ${errors.map(String).join('; ')}`);
  };
  const start = async (): Promise<void> => {
    for (const part of parts) {
      try {
        await part.start?.();
      } catch (error) {
        await stop().catch(() => undefined);
        throw error;
      }
      started.push(part);
    }
  };
  return { start, stop };
};

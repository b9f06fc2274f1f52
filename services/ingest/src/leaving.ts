import type { DurationMs } from '@earshot/contracts';
import { type Clock, type HttpServer, type Logger, wait, withDeadline } from '@earshot/runtime';
import type { AppendQueue } from './application/append-queue.ts';
import type { Knocking } from './application/knocking.ts';

/**
 * What each step of leaving may take. Together below the ten seconds that a process has after its drain time; a step
 * that takes longer is left to itself, for an ingest that cannot leave properly is simply given up by its listeners.
 */
const LAST_KNOCK_MS: DurationMs = 1_000;
const REQUESTS_UNDER_WAY_MS: DurationMs = 2_000;
const QUEUE_MS: DurationMs = 2_000;
const GOODBYE_MS: DurationMs = 2_000;

export interface LeavingDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly knocking: Knocking;
  readonly queue: AppendQueue;
  readonly server: HttpServer;
}

/**
 * Leaves in order: keeps serving, with knocks that say so, for the drain time; closes the socket when requests under
 * way are answered; appends what was accepted; says goodbye. Never rejects, and never takes longer than the drain time
 * and the steps.
 */
export const leave = async (dependencies: LeavingDependencies, drainMs: DurationMs): Promise<void> => {
  const { clock, knocking, logger, queue, server } = dependencies;
  const step = async (name: string, work: Promise<unknown>, ms: DurationMs): Promise<void> => {
    try {
      await withDeadline(clock, work, { ms, onLate: () => new Error(`not done within ${ms} ms`) });
    } catch (error) {
      logger.warn({ step: name, error }, 'leaving was not clean');
    }
  };
  if (drainMs > 0) await wait(clock, drainMs);
  await step('last knock', knocking.stop(), LAST_KNOCK_MS);
  await server.close(REQUESTS_UNDER_WAY_MS);
  await step('queue', queue.drained(), QUEUE_MS);
  await step('goodbye', knocking.sayGoodbye(), GOODBYE_MS);
  queue.close();
};

import type { RegistryWriter } from '@earshot/registry';
import { type Clock, createSparseLogger, type Logger } from '@earshot/runtime';
import type { Catalog } from './catalog.ts';

/** Systems entered in one go: they share the log's round trips. */
const ENTERED_MAX = 500;
const WARNING_PERIOD_MS = 60_000;
/** Named as the author of what nobody asked for. */
export const ENGINE_AUTHOR = 'engine';

/**
 * Enters systems in the registry that registered themselves by sending, a bounded number a turn, going round: one that is refused
 * holds up none behind it and is tried again the next time round. What is to be done is what the catalog shows, so nothing is
 * forgotten over a restart.
 */
export const createSeenSystemsEntry = (options: {
  readonly catalog: Catalog;
  readonly writer: RegistryWriter;
  readonly isWriter: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}): { turn(): Promise<void> } => {
  const { catalog, writer, clock } = options;
  const warn = createSparseLogger(options.logger, {
    periodMs: WARNING_PERIOD_MS,
    monotonicNow: clock.monotonicNow,
  });
  let after = 0;

  return {
    turn: async () => {
      if (!options.isWriter()) return;
      const found = catalog.systems.unentered(after, ENTERED_MAX);
      after = found.length < ENTERED_MAX ? 0 : (found.at(-1)?.number ?? 0);
      const outcomes = await Promise.all(
        found.map(({ systemId, fleet }) => writer.enterSeenSystem({ systemId, fleet }, { by: ENGINE_AUTHOR })),
      );
      const refused = outcomes.flatMap((outcome) => ('refused' in outcome ? [outcome.refused.reason] : []));
      if (refused.length > 0) {
        warn({ refused: refused.length, reason: refused[0] }, 'systems that registered themselves cannot be entered');
      }
    },
  };
};

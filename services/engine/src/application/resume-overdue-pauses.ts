import type { RegistryWriter } from '@earshot/registry';
import type { Clock, Logger } from '@earshot/runtime';
import type { Catalog } from './catalog.ts';
import { ENGINE_AUTHOR } from './enter-seen-systems.ts';

/** Pauses ended in one go; the rest follow a second later. */
const RESUMED_MAX = 100;

/**
 * Ends the pauses whose instant has come, on this process's wall time; not one that was set anew meanwhile. A refusal is tried
 * again the next time.
 */
export const resumeOverduePauses = async (options: {
  readonly catalog: Catalog;
  readonly writer: RegistryWriter;
  readonly isWriter: () => boolean;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<void> => {
  if (!options.isWriter()) return;
  const overdue = options.catalog.systems.overduePauses(options.clock.wallNow(), RESUMED_MAX);
  const outcomes = await Promise.all(
    overdue.map(({ systemId, revision }) =>
      options.writer.resumeSystem(systemId, { by: ENGINE_AUTHOR, ifRevision: revision }),
    ),
  );
  const refused = outcomes.filter((outcome) => 'refused' in outcome).length;
  if (refused > 0) options.logger.warn({ refused }, 'pauses that are over could not be ended');
};

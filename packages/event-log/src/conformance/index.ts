import { describe } from 'vitest';
import { appendingGuarantees } from './appending.ts';
import type { EventLogHarness } from './harness.ts';
import { lifecycleGuarantees } from './lifecycle.ts';
import { owningGuarantees } from './owning.ts';
import { readingGuarantees } from './reading.ts';
import { tableGuarantees } from './table.ts';

export type * from './harness.ts';

/**
 * The definition of the log port: registers tests for its guarantees L1 to L14, to be run on every adapter against its real store.
 * What an adapter cannot do for the suite it says in the harness, and the tests that need it are skipped with that reason printed.
 */
export const eventLogConformance = (name: string, harness: EventLogHarness): void => {
  describe(name, () => {
    appendingGuarantees('appending', harness);
    readingGuarantees('reading', harness);
    owningGuarantees('owning', harness);
    tableGuarantees('tables', harness);
    lifecycleGuarantees('lifecycle', harness);
  });
};

import type { SystemRow } from '@earshot/contracts';
import { isListed, type SystemChange } from '../port/index.ts';
import { STATES } from './parse-stored.ts';
import { SLICE_ROWS, type Slices } from './slices.ts';
import type { SystemTables } from './system-tables.ts';

const seenBeforeMs = (row: SystemRow): number | null => (row.lastSeen === null ? null : row.since - row.lastSeen);

const storeWhole = (tables: SystemTables, row: SystemRow): void => {
  tables.store.run(
    row.since,
    row.openAt,
    seenBeforeMs(row),
    row.credential,
    isListed(row) ? 1 : 0,
    row.ttlMs,
    row.ttlRevision,
    row.revision,
    row.registration,
    STATES.indexOf(row.state),
    row.paused ? 1 : 0,
    row.retiredAt,
    row.sequence,
    row.mutedTo,
    row.fleet,
    row.systemId,
  );
};

/** Answers false if the system is not stored. */
const touch = (tables: SystemTables, row: SystemRow): boolean =>
  tables.touch.run(row.since, row.openAt, seenBeforeMs(row), row.credential, row.systemId).changes === 1;

/** Stores changed systems and forgets removed ones, in slices. Belongs into a transaction. */
export const writeSystems = function* (
  tables: SystemTables,
  systems: readonly SystemChange[],
  removed: readonly string[],
): Slices<void> {
  let written = 0;
  for (const { row, heartbeatOnly } of systems) {
    if (!heartbeatOnly || !touch(tables, row)) storeWhole(tables, row);
    written += 1;
    if (written % SLICE_ROWS === 0) yield;
  }
  for (const systemId of removed) {
    tables.remove.run(systemId);
    written += 1;
    if (written % SLICE_ROWS === 0) yield;
  }
};

import type { SystemEntry } from '@earshot/contracts';
import type { FleetTable } from './fleet-table.ts';
import { packCredentials, unpackCredentials } from './packed-credentials.ts';
import type { StoredCredential, SystemSettings } from './registry-view.ts';

/** Systems by id, one row of numbers each; what the ingest does not ask for is not kept. */
export interface SystemTable {
  /** An entry older than the one known changes nothing. */
  set(entry: SystemEntry, revision: number): void;
  remove(systemId: string, position: number): void;
  settings(systemId: string): SystemSettings | null;
  credentials(systemId: string): readonly StoredCredential[];
}

const ROWS_FIRST = 1_024;

/** Columns of the rows; doubled when full. */
interface Columns {
  readonly fleet: Uint32Array;
  readonly ttlMs: Uint32Array;
  readonly revision: Float64Array;
  readonly retired: Uint8Array;
}

const createColumns = (rows: number): Columns => ({
  fleet: new Uint32Array(rows),
  /** The longest ttl, 30 days, takes 32 bits. */
  ttlMs: new Uint32Array(rows),
  revision: new Float64Array(rows),
  retired: new Uint8Array(rows),
});

const grown = (columns: Columns): Columns => {
  const larger = createColumns(columns.fleet.length * 2);
  larger.fleet.set(columns.fleet);
  larger.ttlMs.set(columns.ttlMs);
  larger.revision.set(columns.revision);
  larger.retired.set(columns.retired);
  return larger;
};

export const createSystemTable = (fleets: FleetTable): SystemTable => {
  const rows = new Map<string, number>();
  const free: number[] = [];
  /** Per row, packed; empty where there are none. */
  const credentials: string[] = [];
  let columns = createColumns(ROWS_FIRST);

  const number = (column: Exclude<keyof Columns, 'retired'>, row: number): number => columns[column][row] ?? 0;
  const isRetired = (row: number): boolean => columns.retired[row] === 1;
  const takeRow = (systemId: string): number => {
    const row = free.pop() ?? rows.size;
    if (row >= columns.fleet.length) columns = grown(columns);
    rows.set(systemId, row);
    return row;
  };
  const write = (row: number, entry: SystemEntry, revision: number): void => {
    columns.fleet[row] = fleets.join(entry.fleet, entry.retired);
    columns.ttlMs[row] = entry.ttl_ms;
    columns.revision[row] = revision;
    columns.retired[row] = entry.retired ? 1 : 0;
    credentials[row] = packCredentials(entry.credentials);
  };
  return {
    set: (entry, revision) => {
      const known = rows.get(entry.system_id);
      if (known !== undefined) {
        if (number('revision', known) > revision) return;
        fleets.leave(number('fleet', known), isRetired(known));
      }
      write(known ?? takeRow(entry.system_id), entry, revision);
    },
    remove: (systemId, position) => {
      const row = rows.get(systemId);
      if (row === undefined || number('revision', row) > position) return;
      fleets.leave(number('fleet', row), isRetired(row));
      credentials[row] = '';
      rows.delete(systemId);
      free.push(row);
    },
    settings: (systemId) => {
      const row = rows.get(systemId);
      if (row === undefined) return null;
      return {
        systemId,
        fleet: fleets.nameOf(number('fleet', row)),
        ttlMs: number('ttlMs', row),
        revision: number('revision', row),
        retired: isRetired(row),
        hasOwnCredentials: credentials[row] !== '',
      };
    },
    credentials: (systemId) => unpackCredentials(credentials[rows.get(systemId) ?? -1] ?? ''),
  };
};

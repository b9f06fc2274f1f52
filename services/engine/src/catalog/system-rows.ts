import type { Database, Row } from './database.ts';
import { integerOrNullOf } from './row-values.ts';

/** What `parseSystem` needs, from `system s`. The verdict is the newest transition's, exactly as stored; online ones have none. */
export const SYSTEM_COLUMNS = `
  s.*, (SELECT f.name FROM fleet f WHERE f.number = s.fleet) AS fleet_name,
  (SELECT t.verdict FROM transition t WHERE t.number = s.newest) AS verdict`;

/** The row of a system, retired ones included. */
export const systemRow = (database: Database, systemId: string): Row | null =>
  database.first(`SELECT ${SYSTEM_COLUMNS} FROM system s WHERE s.system_id = :systemId`, { systemId });

/** The system's newest transition is only history from now on, and may be forgotten when it is old. */
export const supersedeNewest = (database: Database, row: Row): void => {
  const newest = integerOrNullOf(row, 'newest');
  if (newest !== null) database.run('UPDATE transition SET superseded = 1 WHERE number = :newest', { newest });
};

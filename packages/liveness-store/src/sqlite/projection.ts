import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { createSystemTables, prepareSystemTables, type SystemTables } from './system-tables.ts';

/** The open database with its prepared statements. */
export interface Projection {
  readonly database: DatabaseSync;
  /** partition: its row, also while it is being rewritten. */
  readonly findPartition: StatementSync;
  /** Rows of all partitions that are not being rewritten, in order. */
  readonly listPartitions: StatementSync;
  /** partition, position, owner, end_seen, committed_at, state. */
  readonly storePartition: StatementSync;
  /** partition, position, publication. */
  readonly offer: StatementSync;
  /** partition: its publications in order. */
  readonly listOffers: StatementSync;
  /** partition, position up to which. */
  readonly withdraw: StatementSync;
  /** Statements over the systems of a partition that is stored. */
  systems(partition: number): SystemTables;
  /** The same, for one that may not be: its tables are made. */
  createSystems(partition: number): SystemTables;
}

const COLUMNS = 'partition, position, owner, end_seen, committed_at, state';

export const createProjection = (database: DatabaseSync): Projection => {
  const tables = new Map<number, SystemTables>();
  const systems = (partition: number): SystemTables => {
    const known = tables.get(partition);
    if (known !== undefined) return known;
    const prepared = prepareSystemTables(database, partition);
    tables.set(partition, prepared);
    return prepared;
  };
  return {
    database,
    findPartition: database.prepare(`SELECT ${COLUMNS} FROM partition WHERE partition = ?`),
    listPartitions: database.prepare(`SELECT ${COLUMNS} FROM partition WHERE position IS NOT NULL ORDER BY partition`),
    storePartition: database.prepare(`INSERT OR REPLACE INTO partition (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`),
    offer: database.prepare('INSERT INTO outbox (partition, position, publication) VALUES (?, ?, ?)'),
    listOffers: database.prepare('SELECT publication FROM outbox WHERE partition = ? ORDER BY number'),
    withdraw: database.prepare('DELETE FROM outbox WHERE partition = ? AND position <= ?'),
    systems,
    createSystems: (partition) => {
      createSystemTables(database, partition);
      return systems(partition);
    },
  };
};

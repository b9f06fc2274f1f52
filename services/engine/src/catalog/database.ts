import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { CatalogError } from '../application/catalog-error.ts';
import { type DatabaseOptions, makeTables, openInstead, openOrReplace } from './database-file.ts';

/** Distinct statements kept prepared. Their texts come from closed lists; the bound only guards against a mistake. */
const STATEMENTS_MAX = 500;

export type Row = Readonly<Record<string, unknown>>;
export type Parameters = Readonly<Record<string, SQLInputValue>>;

/** One SQLite file, or memory, with its statements kept prepared. What SQLite throws is passed on as it is. */
export interface Database {
  all(sql: string, parameters?: Parameters): readonly Row[];
  first(sql: string, parameters?: Parameters): Row | null;
  /** Answers the number of the row inserted last. */
  run(sql: string, parameters?: Parameters): number;
  /** All of it or nothing. */
  transaction<T>(work: () => T): T;
  /** Empties it, under a new identity. */
  reset(): void;
  /**
   * Sets the file aside and begins an empty one in its place, under a new identity. Where that fails there is no database until it
   * succeeds.
   */
  replace(): void;
  close(): void;
}

const closeQuietly = (database: DatabaseSync | null): void => {
  try {
    if (database?.isOpen === true) database.close();
  } catch {
    // Broken as it is, it may not close well; nothing in it is needed.
  }
};

/** Opens the file, or one in its place when it cannot be used: everything in it can be read from the log again. */
export const openDatabase = (options: DatabaseOptions): Database => {
  let current: DatabaseSync | null = openOrReplace(options);
  const statements = new Map<string, StatementSync>();

  const opened = (): DatabaseSync => {
    if (current === null) throw new CatalogError('EARSHOT_CATALOG_UNAVAILABLE', 'the catalog has no file');
    return current;
  };
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= STATEMENTS_MAX) statements.clear();
    const statement = opened().prepare(sql);
    statement.setAllowUnknownNamedParameters(true);
    statements.set(sql, statement);
    return statement;
  };
  const transaction = <T>(work: () => T): T => {
    const database = opened();
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
  return {
    all: (sql, parameters = {}) => prepared(sql).all(parameters),
    first: (sql, parameters = {}) => prepared(sql).get(parameters) ?? null,
    run: (sql, parameters = {}) => Number(prepared(sql).run(parameters).lastInsertRowid),
    transaction,
    reset: () => {
      statements.clear();
      makeTables(opened());
    },
    replace: () => {
      statements.clear();
      closeQuietly(current);
      current = null;
      current = openInstead(options);
    },
    close: () => {
      statements.clear();
      if (current?.isOpen === true) current.close();
    },
  };
};

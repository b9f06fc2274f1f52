import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { CATALOG_SCHEMA, CATALOG_VERSION, TABLE_NAMES } from './schema.ts';

/** Distinct statements kept prepared. Their texts come from closed lists; the bound only guards against a mistake. */
const STATEMENTS_MAX = 500;
/** Page cache. What is looked at again and again are the upper levels of a dozen indexes. */
const CACHE_KIB = 64 * 1_024;
const IDENTITY_BYTES = 6;

export type Row = Readonly<Record<string, unknown>>;
export type Parameters = Readonly<Record<string, SQLInputValue>>;

/** One SQLite file, or memory, with its statements kept prepared. */
export interface Database {
  all(sql: string, parameters?: Parameters): readonly Row[];
  first(sql: string, parameters?: Parameters): Row | null;
  /** Answers the number of the row inserted last. */
  run(sql: string, parameters?: Parameters): number;
  /** All of it or nothing. */
  transaction<T>(work: () => T): T;
  /** Empties it, under a new identity. */
  reset(): void;
  close(): void;
}

const FILE_SUFFIXES = ['', '-wal', '-shm'] as const;

const openFile = (path: string): DatabaseSync => {
  const database = new DatabaseSync(path);
  // What is lost on a power cut is read from the log again.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;');
  database.exec(`PRAGMA cache_size = -${CACHE_KIB};`);
  return database;
};

const versionOf = (database: DatabaseSync): unknown => database.prepare('PRAGMA user_version').get()?.['user_version'];

const create = (database: DatabaseSync): void => {
  const identity = randomBytes(IDENTITY_BYTES).toString('hex');
  database.exec(`BEGIN; ${CATALOG_SCHEMA} PRAGMA user_version = ${CATALOG_VERSION};
    INSERT INTO meta VALUES ('identity', '${identity}'); COMMIT;`);
};

const isUsable = (database: DatabaseSync): boolean =>
  versionOf(database) === CATALOG_VERSION &&
  database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] === 'ok' &&
  database.prepare(`SELECT value FROM meta WHERE name = 'identity'`).get() !== undefined;

/** Moves a file that cannot be used out of the way, replacing one set aside earlier. */
const setAside = (path: string): void => {
  for (const suffix of FILE_SUFFIXES) {
    rmSync(`${path}.unusable${suffix}`, { force: true });
    try {
      renameSync(`${path}${suffix}`, `${path}.unusable${suffix}`);
    } catch {
      // There is no such part.
    }
  }
};

const openUsable = (path: string): DatabaseSync | null => {
  let database: DatabaseSync | undefined;
  try {
    database = openFile(path);
    if (versionOf(database) === 0) create(database);
    if (isUsable(database)) return database;
  } catch {
    // Not a database, or a broken one: it is set aside.
  }
  database?.close();
  return null;
};

const openOrReplace = (path: string | null, onReplaced: (path: string) => void): DatabaseSync => {
  if (path === null) {
    const database = openFile(':memory:');
    create(database);
    return database;
  }
  const found = openUsable(path);
  if (found !== null) return found;
  setAside(path);
  onReplaced(path);
  const database = openFile(path);
  create(database);
  return database;
};

export interface DatabaseOptions {
  /** Null: in memory. */
  readonly path: string | null;
  /** Told when a file was corrupt or of another version and has been set aside beside itself. */
  readonly onReplaced: (path: string) => void;
}

/** Opens the file, or one in its place when it cannot be used: everything in it can be read from the log again. */
export const openDatabase = (options: DatabaseOptions): Database => {
  const database = openOrReplace(options.path, options.onReplaced);
  const statements = new Map<string, StatementSync>();

  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= STATEMENTS_MAX) statements.clear();
    const statement = database.prepare(sql);
    statement.setAllowUnknownNamedParameters(true);
    statements.set(sql, statement);
    return statement;
  };
  const transaction = <T>(work: () => T): T => {
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
      database.exec(TABLE_NAMES.map((name) => `DROP TABLE IF EXISTS ${name};`).join(' '));
      create(database);
    },
    close: () => {
      statements.clear();
      if (database.isOpen) database.close();
    },
  };
};

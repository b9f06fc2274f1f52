import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { CATALOG_SCHEMA, CATALOG_VERSION, TABLE_NAMES } from './schema.ts';

/** Page cache. What is looked at again and again are the upper levels of a dozen indexes. */
const CACHE_KIB = 64 * 1_024;
const IDENTITY_BYTES = 6;
const FILE_SUFFIXES = ['', '-wal', '-shm'] as const;

export interface DatabaseOptions {
  /** Null: in memory. */
  readonly path: string | null;
  /** Told when a file was corrupt or of another version and has been set aside beside itself. */
  readonly onReplaced: (path: string) => void;
}

const openFile = (path: string): DatabaseSync => {
  const database = new DatabaseSync(path);
  // What is lost on a power cut is read from the log again.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;');
  database.exec(`PRAGMA cache_size = -${CACHE_KIB};`);
  return database;
};

const versionOf = (database: DatabaseSync): unknown => database.prepare('PRAGMA user_version').get()?.['user_version'];

/** Empties it, all or nothing; what is made has an identity of its own. */
export const makeTables = (database: DatabaseSync): void => {
  const identity = randomBytes(IDENTITY_BYTES).toString('hex');
  const drops = TABLE_NAMES.map((name) => `DROP TABLE IF EXISTS ${name};`).join(' ');
  try {
    database.exec(`BEGIN IMMEDIATE; ${drops} ${CATALOG_SCHEMA} PRAGMA user_version = ${CATALOG_VERSION};
      INSERT INTO meta VALUES ('identity', '${identity}'); COMMIT;`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
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
    if (versionOf(database) === 0) makeTables(database);
    if (isUsable(database)) return database;
  } catch {
    // Not a database, or a broken one: it is set aside.
  }
  database?.close();
  return null;
};

const openEmpty = (path: string): DatabaseSync => {
  const database = openFile(path);
  try {
    makeTables(database);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
};

/** An empty database; a file that was there is set aside. Throws where none can be made, and may be tried again. */
export const openInstead = ({ path, onReplaced }: DatabaseOptions): DatabaseSync => {
  if (path === null) return openEmpty(':memory:');
  setAside(path);
  onReplaced(path);
  return openEmpty(path);
};

/** The database in the file, or an empty one in its place when it cannot be used. */
export const openOrReplace = (options: DatabaseOptions): DatabaseSync => {
  const found = options.path === null ? null : openUsable(options.path);
  return found ?? openInstead(options);
};

import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { EventLogError } from '../port/index.ts';

/** Grows with every change of the tables below. */
const SCHEMA_VERSION = 1;

/** SQLite's own default, made plain because bounds are counted in it. */
const PAGE_BYTES = 4_096;

/** A log holds credential hashes: nobody but its owner reads it. SQLite gives its side files the same mode. */
const FILE_MODE = 0o600;

/**
 * `newest` and `removable` are for compacted topics only: what the newest record of a key is, and which records compaction may
 * take once they are old enough (superseded ones, and tombstones). They make compaction cost what it removes, never a scan.
 */
const SCHEMA = `
  CREATE TABLE topic (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    partitions INTEGER NOT NULL,
    cleanup TEXT NOT NULL
  ) STRICT;
  CREATE TABLE record (
    topic INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    position INTEGER NOT NULL,
    appended_at INTEGER NOT NULL,
    key TEXT,
    value TEXT,
    PRIMARY KEY (topic, partition, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE newest (
    topic INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    key TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (topic, partition, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE removable (
    topic INTEGER NOT NULL,
    partition INTEGER NOT NULL,
    tombstone INTEGER NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (topic, partition, tombstone, position)
  ) STRICT, WITHOUT ROWID;
`;

export interface DatabaseOptions {
  /** Null: in memory. */
  readonly path: string | null;
  readonly fileBytesMax: number | null;
  /** How long a write waits for somebody else's lock, a backup's for instance. */
  readonly busyTimeoutMs: number;
}

const pragmaNumber = (database: DatabaseSync, name: string): number =>
  Number(Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0] ?? 0);

/** Runs the work in one transaction: all of it, durably, or nothing. */
export const inTransaction = <T>(database: DatabaseSync, work: () => T): T => {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } finally {
    rollBackIfOpen(database);
  }
};

/** Leaves the connection usable after a failure: SQLite has rolled back by itself for some errors and not for others. */
export const rollBackIfOpen = (database: DatabaseSync): void => {
  if (database.isTransaction) database.exec('ROLLBACK');
};

const createSchemaOnce = (database: DatabaseSync): void => {
  const version = pragmaNumber(database, 'user_version');
  if (version === SCHEMA_VERSION) return;
  if (version !== 0) {
    throw new EventLogError(
      'EARSHOT_LOG_UNAVAILABLE',
      `The log file has layout ${version}, this version of Earshot knows ${SCHEMA_VERSION}: start the version that wrote it.`,
    );
  }
  inTransaction(database, () => database.exec(`${SCHEMA} PRAGMA user_version = ${SCHEMA_VERSION}`));
};

const configure = (database: DatabaseSync, options: DatabaseOptions): void => {
  database.exec(`PRAGMA busy_timeout = ${Math.ceil(options.busyTimeoutMs)}`);
  // Each commit is one fsync of the write-ahead log; readers see a commit only after it.
  database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`);
  if (options.fileBytesMax !== null) {
    database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(options.fileBytesMax / PAGE_BYTES))}`);
  }
};

/** The log's file ready for the one connection that writes, its tables created at first. Throws what SQLite throws. */
export const openWritingDatabase = (options: DatabaseOptions): DatabaseSync => {
  if (options.path !== null) closeSync(openSync(options.path, 'a', FILE_MODE));
  const database = new DatabaseSync(options.path ?? ':memory:');
  try {
    configure(database, options);
    createSchemaOnce(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

/** A second connection, for reading; it never waits for the writer, nor the writer for it. */
export const openReadingDatabase = (path: string): DatabaseSync => new DatabaseSync(path, { readOnly: true });

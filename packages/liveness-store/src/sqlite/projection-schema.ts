import type { DatabaseSync } from 'node:sqlite';
import { LivenessStoreError } from '../port/index.ts';

/** Marks the file as a projection of ours ("EARS"); anything else at that path is set aside. */
const APPLICATION_ID = 0x45415253;

/** Raised with every change of the schema: the projection is rebuilt, never migrated. */
const SCHEMA_VERSION = 2;

/**
 * Bytes of a page. Systems that send in another order than last time touch a page each: larger pages write more for it
 * (a third more at 4,096), smaller ones make deeper trees (the whole a tenth larger at 512). Systems that keep their
 * order share pages of any size.
 */
const PAGE_BYTES = 2_048;

/**
 * Pages held in memory, 32 MiB: the inner nodes and the leaves in use of 1,000,000 systems. Lowered: more reads from
 * the file.
 */
const CACHE_KIBIBYTES = 32_768;

/** The write-ahead log is moved into the file at 16 MiB. Raised: fewer, longer checkpoints and more disk. */
const CHECKPOINT_PAGES: number = (16 * 1_024 * 1_024) / PAGE_BYTES;
const WAL_BYTES_KEPT: number = 2 * CHECKPOINT_PAGES * PAGE_BYTES;

/**
 * Of all partitions: their state, and what is to be published. The systems of each partition have tables of their own
 * (system-tables.ts), so that dropping one is one statement whatever its size.
 */
const SCHEMA = `
  CREATE TABLE partition (
    partition INTEGER PRIMARY KEY,
    -- Null while the partition is being rewritten.
    position INTEGER,
    owner TEXT NOT NULL,
    end_seen INTEGER NOT NULL,
    committed_at INTEGER NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  CREATE TABLE outbox (
    number INTEGER PRIMARY KEY,
    partition INTEGER NOT NULL,
    position INTEGER NOT NULL,
    publication TEXT NOT NULL
  ) STRICT;
  CREATE INDEX outbox_by_position ON outbox (partition, position);
  -- The log that all of this was folded from.
  CREATE TABLE origin (log_id TEXT NOT NULL) STRICT;
`;

const SETTINGS = `
  PRAGMA page_size = ${PAGE_BYTES};
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -${CACHE_KIBIBYTES};
  PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
  PRAGMA journal_size_limit = ${WAL_BYTES_KEPT};
`;

/** Ends with the schema in the file itself and not only in its log, so that an emptied file is told by its size. */
const CREATION = `
  BEGIN IMMEDIATE;
  ${SCHEMA}
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
  COMMIT;
  PRAGMA wal_checkpoint(TRUNCATE);
`;

const readPragma = (database: DatabaseSync, name: string): unknown => database.prepare(`PRAGMA ${name}`).get()?.[name];

const isEmpty = (database: DatabaseSync): boolean =>
  database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables'] === 0;

const isOurs = (database: DatabaseSync): boolean =>
  readPragma(database, 'application_id') === APPLICATION_ID && readPragma(database, 'user_version') === SCHEMA_VERSION;

const checkOrigin = (database: DatabaseSync, logId: string): void => {
  const found = database.prepare('SELECT log_id FROM origin').get()?.['log_id'];
  if (found === logId) return;
  if (found !== undefined) {
    throw new LivenessStoreError(
      'EARSHOT_STORE_OTHER_LOG',
      `the projection was made from log ${String(found)}, this is log ${logId}. Bring that log back, or remove the projection: it is rebuilt from this log`,
    );
  }
  database.prepare('INSERT INTO origin VALUES (?)').run(logId);
};

/**
 * Sets the connection up and makes the schema where there is none. False: the file holds something else, or another
 * version, and was not touched. Throws EARSHOT_STORE_OTHER_LOG where it was made from a log of another id; null: not asked.
 */
export const prepareProjection = (database: DatabaseSync, logId: string | null): boolean => {
  const isNew = isEmpty(database);
  if (!isNew && !isOurs(database)) return false;
  database.exec(SETTINGS);
  if (isNew) database.exec(CREATION);
  if (logId !== null) checkOrigin(database, logId);
  return true;
};

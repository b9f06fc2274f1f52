import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { ACCUMULATED_TTLS, LATE_DENOMINATOR, LATE_NUMERATOR } from '@earshot/contracts';

/**
 * The systems of one partition: a table of its own with an integer key, so that a heartbeat is one UPDATE of a small
 * row, found by one index. Systems keep their row for life; as rows are given in the order of first heartbeats, and
 * clocks that send every ten minutes keep their phase, neighbours in time are mostly neighbours on a page.
 *
 * `seen_before_ms` is since - last_seen: nearly always 0, which takes no room. Fleet and credential are plain text: a
 * fleet has one name for thousands of systems, but a credential may belong to one system only, and a table of 1,000,000
 * words would cost more than it saves.
 *
 * `listed`: the index over since makes a heartbeat dearer (measured at 1,000,000 systems: 20 ms instead of 12 ms for
 * 5,000 of them) and is what makes "who is late?" cost nothing when nobody is (0.1 ms instead of 200 ms, asked once a
 * second). `open_at` in it spares a visit of every row while a hold is on.
 */
const schema = (partition: number): string => `
  CREATE TABLE IF NOT EXISTS system_${partition} (
    row INTEGER PRIMARY KEY,
    since INTEGER NOT NULL,
    open_at INTEGER NOT NULL,
    seen_before_ms INTEGER,
    credential TEXT NOT NULL,
    listed INTEGER NOT NULL,
    ttl_ms INTEGER NOT NULL,
    ttl_revision INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    registration INTEGER NOT NULL,
    state INTEGER NOT NULL,
    paused INTEGER NOT NULL,
    retired_at INTEGER,
    sequence INTEGER NOT NULL,
    muted_to INTEGER NOT NULL,
    fleet TEXT NOT NULL,
    system_id TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS system_${partition}_by_id ON system_${partition} (system_id);
  CREATE INDEX IF NOT EXISTS system_${partition}_listed ON system_${partition} (ttl_ms, since, open_at)
    WHERE listed = 1;
`;

/**
 * Prepared statements over one partition's systems. Bounds are those of `silenceBounds`; a null one matches nothing.
 */
export interface SystemTables {
  /** since, open_at, seen_before_ms, credential, system_id. */
  readonly touch: StatementSync;
  /** STORED_COLUMNS and system_id: adds the system, or stores it anew in its row. */
  readonly store: StatementSync;
  /** system_id. */
  readonly remove: StatementSync;
  readonly removeAll: StatementSync;
  readonly all: StatementSync;
  /** row after which to begin, limit. */
  readonly page: StatementSync;
  /** JSON array of ids. */
  readonly byIds: StatementSync;
  readonly byRow: StatementSync;
  /** ttl_ms below it: the next listed ttl. */
  readonly nextTtl: StatementSync;
  /** ttl_ms, lateSince. */
  readonly countLate: StatementSync;
  /** ttl_ms, heldSince, heldOpenAt. */
  readonly countHeld: StatementSync;
  /** ttl_ms, lateSince, limit: `since` and `row`, lowest since first. */
  readonly listLate: StatementSync;
  /** ttl_ms, lateSince, heldOpenAt, limit: the same of those that are late or held. */
  readonly listLateOrHeld: StatementSync;
  /** proven, openSince, open, isOn by name: `late` and `held` of all ttls in one pass. */
  readonly countAll: StatementSync;
  /** The same and limit: `since` and `row`. */
  readonly listAll: StatementSync;
}

/** What is stored of a system beside its id. */
const STORED_COLUMNS: readonly string[] = [
  'since',
  'open_at',
  'seen_before_ms',
  'credential',
  'listed',
  'ttl_ms',
  'ttl_revision',
  'revision',
  'registration',
  'state',
  'paused',
  'retired_at',
  'sequence',
  'muted_to',
  'fleet',
];

const LATE = `${LATE_DENOMINATOR} * (:proven - max(since, :openSince)) >= ${LATE_NUMERATOR} * ttl_ms`;
const ACCUMULATED = `:open - open_at >= ${ACCUMULATED_TTLS} * ttl_ms`;
const HELD = `:isOn AND (max(since, :openSince) + ttl_ms <= :proven OR ${ACCUMULATED})`;

/** Makes the partition's tables where they are missing. */
export const createSystemTables = (database: DatabaseSync, partition: number): void => {
  database.exec(schema(partition));
};

/** The statements over tables that exist. */
export const prepareSystemTables = (database: DatabaseSync, partition: number): SystemTables => {
  const systems = `system_${partition}`;
  const listed = `${systems} INDEXED BY ${systems}_listed WHERE listed = 1`;
  const placeholders = [...STORED_COLUMNS, 'system_id'].map(() => '?').join(', ');
  const assignments = STORED_COLUMNS.map((name) => `${name} = excluded.${name}`).join(', ');
  return {
    touch: database.prepare(
      `UPDATE ${systems} SET since = ?, open_at = ?, seen_before_ms = ?, credential = ? WHERE system_id = ?`,
    ),
    store: database.prepare(
      `INSERT INTO ${systems} (${STORED_COLUMNS.join(', ')}, system_id) VALUES (${placeholders})
       ON CONFLICT (system_id) DO UPDATE SET ${assignments}`,
    ),
    remove: database.prepare(`DELETE FROM ${systems} WHERE system_id = ?`),
    removeAll: database.prepare(`DELETE FROM ${systems}`),
    all: database.prepare(`SELECT * FROM ${systems} ORDER BY row`),
    page: database.prepare(`SELECT * FROM ${systems} WHERE row > ? ORDER BY row LIMIT ?`),
    byIds: database.prepare(`SELECT * FROM ${systems} WHERE system_id IN (SELECT value FROM json_each(?))`),
    byRow: database.prepare(`SELECT * FROM ${systems} WHERE row = ?`),
    nextTtl: database.prepare(`SELECT min(ttl_ms) AS ttl_ms FROM ${listed} AND ttl_ms > ?`),
    countLate: database.prepare(`SELECT count(*) AS systems FROM ${listed} AND ttl_ms = ? AND since <= ?`),
    countHeld: database.prepare(
      `SELECT count(*) AS systems FROM ${listed} AND ttl_ms = ? AND (since <= ? OR open_at <= ?)`,
    ),
    listLate: database.prepare(`SELECT since, row FROM ${listed} AND ttl_ms = ? AND since <= ? ORDER BY since LIMIT ?`),
    listLateOrHeld: database.prepare(
      `SELECT since, row FROM ${listed} AND ttl_ms = ? AND (since <= ? OR open_at <= ?) ORDER BY since LIMIT ?`,
    ),
    countAll: database.prepare(
      `SELECT coalesce(sum(${LATE}), 0) AS late, coalesce(sum(${HELD}), 0) AS held FROM ${listed}`,
    ),
    listAll: database.prepare(`SELECT since, row FROM ${listed} AND (${LATE} OR ${HELD}) ORDER BY since LIMIT :limit`),
  };
};

/** Raised whenever the tables change: a catalog of another version is set aside and filled anew. */
export const CATALOG_VERSION = 2;

/** Order of this list is the number a lane has in the tables. */
export const LANE_NUMBERS = { unseen: 0, online: 1, offline: 2, retired: 3 } as const;

/** Stands for all fleets together in `tally`. */
export const ALL_FLEETS = 0;

/**
 * A system is one row. `lane` is its state, or retired. The indexes end in the row number, which breaks ties in keyset order;
 * system_id has its own order. Sums are kept by triggers, so that they hold after any change whatsoever.
 */
const TABLES = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE source (
  topic TEXT NOT NULL, partition INTEGER NOT NULL, position INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (topic, partition)
) WITHOUT ROWID;
CREATE TABLE entry (key TEXT PRIMARY KEY, json TEXT NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE fleet (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, systems INTEGER NOT NULL DEFAULT 0);
CREATE INDEX fleet_by_size ON fleet (systems);
CREATE TABLE tally (
  fleet INTEGER NOT NULL, lane INTEGER NOT NULL, paused INTEGER NOT NULL, systems INTEGER NOT NULL,
  PRIMARY KEY (fleet, lane, paused)
) WITHOUT ROWID;
CREATE TABLE tag (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, systems INTEGER NOT NULL DEFAULT 0);
CREATE TABLE system_tag (
  tag INTEGER NOT NULL, system INTEGER NOT NULL, PRIMARY KEY (tag, system)
) WITHOUT ROWID;
CREATE TABLE system (
  number INTEGER PRIMARY KEY,
  system_id TEXT NOT NULL UNIQUE,
  fleet INTEGER NOT NULL,
  name TEXT NOT NULL,
  tags TEXT NOT NULL,
  interval_ms INTEGER NOT NULL,
  ttl_ms INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  state INTEGER NOT NULL,
  state_since INTEGER,
  last_seen INTEGER,
  offline_at INTEGER,
  paused INTEGER NOT NULL,
  paused_until INTEGER,
  registration INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  newest INTEGER,
  revision INTEGER,
  credentials TEXT NOT NULL,
  changed_at INTEGER NOT NULL
);
CREATE INDEX system_by_id ON system (lane, system_id) WHERE lane <> 1;
CREATE INDEX system_by_last_seen ON system (lane, last_seen);
CREATE INDEX system_by_state_since ON system (lane, state_since);
CREATE INDEX system_by_offline_at ON system (lane, offline_at);
CREATE INDEX system_by_fleet ON system (fleet);
CREATE INDEX system_by_name ON system (name) WHERE name <> '';
CREATE INDEX system_by_pause ON system (paused_until) WHERE paused = 1;
CREATE INDEX system_paused ON system (number) WHERE paused = 1;
CREATE INDEX system_unentered ON system (number) WHERE revision IS NULL;
CREATE TABLE transition (
  number INTEGER PRIMARY KEY,
  system INTEGER NOT NULL,
  registration INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  position INTEGER NOT NULL,
  fleet INTEGER NOT NULL,
  origin INTEGER NOT NULL,
  state INTEGER NOT NULL,
  occurred_at INTEGER NOT NULL,
  decided_at INTEGER NOT NULL,
  ttl_ms INTEGER NOT NULL,
  verdict TEXT,
  superseded INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX transition_by_time ON transition (state, occurred_at);
CREATE INDEX transition_by_system ON transition (system, occurred_at);
CREATE INDEX transition_superseded ON transition (occurred_at) WHERE superseded = 1;
CREATE TABLE outage (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, partition INTEGER NOT NULL,
  from_at INTEGER NOT NULL, to_at INTEGER NOT NULL, cause TEXT NOT NULL, ingest TEXT NOT NULL
);
CREATE INDEX outage_by_time ON outage (from_at);
CREATE TABLE silence (
  id TEXT PRIMARY KEY, partition INTEGER NOT NULL, position INTEGER NOT NULL, opened_at INTEGER NOT NULL,
  closed_at INTEGER, late INTEGER NOT NULL, listed INTEGER NOT NULL, reason TEXT, closed_by TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX silence_by_time ON silence (opened_at);
`;

const count = (row: 'new' | 'old', change: '+ 1' | '- 1'): string => `
  INSERT INTO tally VALUES (${ALL_FLEETS}, ${row}.lane, ${row}.paused, 0 ${change})
    ON CONFLICT DO UPDATE SET systems = systems ${change};
  INSERT INTO tally VALUES (${row}.fleet, ${row}.lane, ${row}.paused, 0 ${change})
    ON CONFLICT DO UPDATE SET systems = systems ${change};
  UPDATE fleet SET systems = systems ${change} WHERE number = ${row}.fleet AND ${row}.lane <> ${LANE_NUMBERS.retired};
`;

const TRIGGERS = `
CREATE TRIGGER system_added AFTER INSERT ON system BEGIN ${count('new', '+ 1')} END;
CREATE TRIGGER system_removed AFTER DELETE ON system BEGIN ${count('old', '- 1')} END;
CREATE TRIGGER system_moved AFTER UPDATE OF lane, fleet, paused ON system
  WHEN old.lane <> new.lane OR old.fleet <> new.fleet OR old.paused <> new.paused
  BEGIN ${count('old', '- 1')} ${count('new', '+ 1')} END;
CREATE TRIGGER tag_added AFTER INSERT ON system_tag
  BEGIN UPDATE tag SET systems = systems + 1 WHERE number = new.tag; END;
CREATE TRIGGER tag_removed AFTER DELETE ON system_tag BEGIN
  UPDATE tag SET systems = systems - 1 WHERE number = old.tag;
  DELETE FROM tag WHERE number = old.tag AND systems = 0;
END;
`;

export const CATALOG_SCHEMA: string = `${TABLES}${TRIGGERS}`;

export const TABLE_NAMES = [
  'meta',
  'source',
  'entry',
  'fleet',
  'tally',
  'tag',
  'system_tag',
  'system',
  'transition',
  'outage',
  'silence',
] as const;

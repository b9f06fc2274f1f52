import { decodeRegistryEntry, type SystemEntry, type UnreadableReason } from '@earshot/contracts';
import type { LogRecord } from '@earshot/event-log';
import type { Database, Row } from './database.ts';
import { fleetNumber, replaceTags } from './names.ts';
import { credentialsText, parseSystem, systemIdOfKey } from './parse-rows.ts';
import { integerOf, integerOrNullOf } from './row-values.ts';
import { LANE_NUMBERS } from './schema.ts';
import { supersedeNewest, systemRow } from './system-rows.ts';

interface EntryChange {
  readonly entry: SystemEntry;
  readonly revision: number;
}

/** A retired system that is entered again is a new registration: nothing of the old one's liveness holds for it. */
const beginRegistration = (database: Database, row: Row, revision: number): void => {
  supersedeNewest(database, row);
  database.run(
    `UPDATE system SET registration = :revision, sequence = 0, state = ${LANE_NUMBERS.unseen}, newest = NULL,
       state_since = NULL, last_seen = NULL, offline_at = NULL WHERE number = :number`,
    { revision, number: integerOf(row, 'number') },
  );
};

const settingsOf = ({ entry, revision }: EntryChange, fleet: number) => ({
  fleet,
  name: entry.name,
  tags: JSON.stringify(entry.tags),
  interval_ms: entry.interval_ms,
  ttl_ms: entry.ttl_ms,
  paused: entry.paused ? 1 : 0,
  paused_until: entry.paused ? entry.paused_until : null,
  revision,
  credentials: credentialsText(entry.credentials),
  changed_at: entry.changed_at,
});

const addSystem = (database: Database, change: EntryChange): void => {
  const { entry } = change;
  const lane = entry.retired ? LANE_NUMBERS.retired : LANE_NUMBERS.unseen;
  const system = database.run(
    `INSERT INTO system (system_id, fleet, name, tags, interval_ms, ttl_ms, lane, state, paused, paused_until,
       registration, sequence, revision, credentials, changed_at)
     VALUES (:system_id, :fleet, :name, :tags, :interval_ms, :ttl_ms, :lane, ${LANE_NUMBERS.unseen}, :paused, :paused_until,
       0, 0, :revision, :credentials, :changed_at)`,
    { ...settingsOf(change, fleetNumber(database, entry.fleet)), system_id: entry.system_id, lane },
  );
  replaceTags(database, { system, before: [], after: entry.tags });
};

const changeSystem = (database: Database, row: Row, change: EntryChange): void => {
  const { entry, revision } = change;
  const before = parseSystem(row);
  if (before.retired && !entry.retired && revision > before.registration) beginRegistration(database, row, revision);
  database.run(
    `UPDATE system SET fleet = :fleet, name = :name, tags = :tags, interval_ms = :interval_ms, ttl_ms = :ttl_ms,
       paused = :paused, paused_until = :paused_until, revision = :revision, credentials = :credentials,
       changed_at = :changed_at, lane = iif(:retired, ${LANE_NUMBERS.retired}, state),
       offline_at = iif(:paused AND state = ${LANE_NUMBERS.online}, NULL, offline_at)
     WHERE number = :number`,
    {
      ...settingsOf(change, fleetNumber(database, entry.fleet)),
      retired: entry.retired ? 1 : 0,
      number: before.number,
    },
  );
  replaceTags(database, { system: before.number, before: before.tags, after: entry.tags });
};

const putSystem = (database: Database, change: EntryChange): void => {
  const row = systemRow(database, change.entry.system_id);
  if (row === null) addSystem(database, change);
  else if ((integerOrNullOf(row, 'revision') ?? -1) < change.revision) changeSystem(database, row, change);
};

/** Takes a system out altogether, with its history. */
export const removeSystem = (database: Database, systemId: string): void => {
  const row = systemRow(database, systemId);
  if (row === null) return;
  const number = integerOf(row, 'number');
  replaceTags(database, { system: number, before: parseSystem(row).tags, after: [] });
  database.run('DELETE FROM transition WHERE system = :number', { number });
  database.run('DELETE FROM system WHERE number = :number', { number });
};

const remove = (database: Database, key: string): void => {
  const systemId = systemIdOfKey(key);
  if (systemId === null) database.run('DELETE FROM entry WHERE key = :key', { key });
  else removeSystem(database, systemId);
};

/** Takes one registry record in; a repeated or older one changes nothing. Answers why it could not be read. */
export const applyRegistryRecord = (database: Database, record: LogRecord): UnreadableReason | null => {
  const { key, value, position } = record;
  if (key === null) return 'no_key';
  if (value === null) {
    remove(database, key);
    return null;
  }
  const decoded = decodeRegistryEntry(value);
  if ('unreadable' in decoded) return decoded.unreadable;
  if (decoded.value.type === 'system') {
    if (systemIdOfKey(key) !== decoded.value.system_id) return 'schema';
    putSystem(database, { entry: decoded.value, revision: position });
    return null;
  }
  database.run(
    `INSERT INTO entry VALUES (:key, :json, :position) ON CONFLICT DO UPDATE
       SET json = excluded.json, revision = excluded.revision WHERE excluded.revision > revision`,
    { key, json: JSON.stringify(decoded.value), position },
  );
  return null;
};

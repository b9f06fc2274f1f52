import {
  decodeRegistryEntry,
  decodeTransition,
  fleetKey,
  INTERVAL_SECONDS_DEFAULT,
  type TransitionDocument,
  type UnreadableReason,
} from '@earshot/contracts';
import type { LogRecord } from '@earshot/event-log';
import { removeSystem } from './apply-registry.ts';
import type { Database, Row } from './database.ts';
import { fleetNumber } from './names.ts';
import { integerOf, integerOrNullOf, textOf } from './row-values.ts';
import { LANE_NUMBERS } from './schema.ts';
import { supersedeNewest, systemRow } from './system-rows.ts';

const MS_PER_SECOND = 1_000;

/** A transition with its times as numbers. */
interface ReadTransition {
  readonly document: TransitionDocument;
  readonly fleet: string;
  readonly ttlMs: number;
  readonly occurredAt: number;
  readonly decidedAt: number;
  readonly lastSeen: number | null;
  /** When the system was or, online, will be due. */
  readonly offlineAt: number;
}

const instantOf = (text: string | null): number | null => (text === null ? null : Date.parse(text));

/** Null when a time in it is none. */
const readTransition = (document: TransitionDocument): ReadTransition | null => {
  const verdict = document.verdict ?? null;
  const ttlMs = Math.round((document.ttl_seconds ?? 0) * MS_PER_SECOND);
  const occurredAt = Date.parse(document.occurred_at);
  const read = {
    document: { ...document, verdict },
    fleet: document.fleet ?? '',
    ttlMs,
    occurredAt,
    decidedAt: Date.parse(document.decided_at),
    lastSeen: verdict === null ? occurredAt : instantOf(verdict.last_seen),
    offlineAt: (verdict === null ? occurredAt : (instantOf(verdict.since) ?? occurredAt)) + ttlMs,
  };
  const times = [read.occurredAt, read.decidedAt, read.lastSeen ?? 0, read.offlineAt];
  return times.every(Number.isFinite) ? read : null;
};

const intervalOf = (database: Database, fleet: string): number => {
  const row = database.first('SELECT json FROM entry WHERE key = :key', { key: fleetKey(fleet) });
  const decoded = row === null ? null : decodeRegistryEntry(textOf(row, 'json'));
  return decoded !== null && 'value' in decoded && decoded.value.type === 'fleet'
    ? decoded.value.interval_ms
    : INTERVAL_SECONDS_DEFAULT * MS_PER_SECOND;
};

/** A system that registered itself by sending: in the directory at once, entered in the registry as soon as the writer can. */
const addSeenSystem = (database: Database, transition: ReadTransition): Row | null => {
  const { document, fleet, ttlMs } = transition;
  database.run(
    `INSERT INTO system (system_id, fleet, name, tags, interval_ms, ttl_ms, lane, state, paused, registration, sequence,
       credentials, changed_at)
     VALUES (:system_id, :fleet, '', '[]', :interval_ms, :ttl_ms, ${LANE_NUMBERS.unseen}, ${LANE_NUMBERS.unseen}, 0, 0, 0,
       '[]', 0)`,
    {
      system_id: document.system_id,
      fleet: fleetNumber(database, fleet),
      interval_ms: intervalOf(database, fleet),
      ttl_ms: ttlMs,
    },
  );
  return systemRow(database, document.system_id);
};

/** Only what is above the known sequence of the same registration, or of a later one, is news. */
const isNews = (row: Row, { registration, sequence }: TransitionDocument): boolean => {
  const known = integerOf(row, 'registration');
  return registration > known || (registration === known && sequence > integerOf(row, 'sequence'));
};

const addTransition = (database: Database, row: Row, transition: ReadTransition): number => {
  const { document } = transition;
  supersedeNewest(database, row);
  return database.run(
    `INSERT INTO transition (system, registration, sequence, position, fleet, origin, state, occurred_at, decided_at, ttl_ms,
       verdict)
     VALUES (:system, :registration, :sequence, :position, :fleet, :origin, :state, :occurredAt, :decidedAt, :ttlMs, :verdict)`,
    {
      system: integerOf(row, 'number'),
      registration: document.registration,
      sequence: document.sequence,
      position: document.position,
      fleet: fleetNumber(database, transition.fleet),
      origin: LANE_NUMBERS[document.from],
      state: LANE_NUMBERS[document.to],
      occurredAt: transition.occurredAt,
      decidedAt: transition.decidedAt,
      ttlMs: transition.ttlMs,
      verdict: document.verdict === null ? null : JSON.stringify(document.verdict),
    },
  );
};

const moveSystem = (database: Database, row: Row, transition: ReadTransition): void => {
  const { document } = transition;
  const state = LANE_NUMBERS[document.to];
  const waits = document.to === 'online' && integerOf(row, 'paused') === 1;
  database.run(
    `UPDATE system SET state = :state, lane = iif(lane = ${LANE_NUMBERS.retired}, lane, :state), state_since = :occurredAt,
       last_seen = :lastSeen, offline_at = :offlineAt, registration = :registration, sequence = :sequence, newest = :newest
     WHERE number = :number`,
    {
      number: integerOf(row, 'number'),
      state,
      occurredAt: transition.occurredAt,
      lastSeen: transition.lastSeen,
      offlineAt: waits ? null : transition.offlineAt,
      registration: document.registration,
      sequence: document.sequence,
      newest: addTransition(database, row, transition),
    },
  );
};

/** While the registry has no entry of it, a system's settings are those its heartbeats came with. */
const adoptSettings = (database: Database, row: Row, transition: ReadTransition): void => {
  if (integerOrNullOf(row, 'revision') !== null) return;
  database.run('UPDATE system SET fleet = :fleet, ttl_ms = :ttlMs WHERE number = :number', {
    fleet: fleetNumber(database, transition.fleet),
    ttlMs: transition.ttlMs,
    number: integerOf(row, 'number'),
  });
};

/** The registration that ended leaves nothing but its number, so that what is published again of it stays old. */
const endRegistration = (database: Database, systemId: string): void => {
  const row = systemRow(database, systemId);
  if (row === null) return;
  if (integerOrNullOf(row, 'revision') === null) {
    removeSystem(database, systemId);
    return;
  }
  supersedeNewest(database, row);
  database.run(
    `UPDATE system SET state = ${LANE_NUMBERS.unseen}, newest = NULL, state_since = NULL, last_seen = NULL, offline_at = NULL,
       lane = iif(lane = ${LANE_NUMBERS.retired}, lane, ${LANE_NUMBERS.unseen}) WHERE number = :number`,
    { number: integerOf(row, 'number') },
  );
};

/** Takes one transitions record in; a repeated or older one changes nothing. Answers why it could not be read. */
export const applyTransitionRecord = (database: Database, record: LogRecord): UnreadableReason | null => {
  if (record.key === null) return 'no_key';
  if (record.value === null) {
    endRegistration(database, record.key);
    return null;
  }
  const decoded = decodeTransition(record.value);
  if ('unreadable' in decoded) return decoded.unreadable;
  const transition = readTransition(decoded.value);
  if (transition === null || decoded.value.system_id !== record.key) return 'schema';
  const row = systemRow(database, record.key) ?? addSeenSystem(database, transition);
  if (row === null || !isNews(row, decoded.value)) return null;
  moveSystem(database, row, transition);
  adoptSettings(database, row, transition);
  return null;
};

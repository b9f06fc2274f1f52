import type {
  CredentialEntry,
  OutageCause,
  SystemEntry,
  SystemState,
  TransitionDocument,
  VerdictDocument,
} from '@earshot/contracts';
import { systemKey, toIso } from '@earshot/contracts';
import type { EnteredSettings } from '../domain/entered-settings.ts';
import type { PartitionSilence } from '../domain/join-silences.ts';
import { type KnownSystem, type Lane, LANES } from '../domain/system-query.ts';
import type { RecordedOutage } from '../application/catalog.ts';
import type { Row } from './database.ts';
import { integerOf, integerOrNullOf, jsonOf, misfit, textOf, textOrNullOf } from './row-values.ts';
import { LANE_NUMBERS } from './schema.ts';

/** Stored rows as the things they stand for. JSON in them was written by this folder. */

const STATES: readonly SystemState[] = ['unseen', 'online', 'offline'];
const MS_PER_SECOND = 1_000;

const stateOf = (row: Row, column: string): SystemState => {
  const state = STATES[integerOf(row, column)];
  if (state === undefined) throw misfit(column, row[column]);
  return state;
};

export const laneOf = (row: Row): Lane => {
  const lane = LANES[integerOf(row, 'lane')];
  if (lane === undefined) throw misfit('lane', row['lane']);
  return lane;
};

const parseTags = (row: Row): readonly string[] => jsonOf(row, 'tags') as readonly string[];

const parseVerdict = (row: Row): VerdictDocument | null =>
  row['verdict'] === null ? null : (jsonOf(row, 'verdict') as VerdictDocument);

/** Kept short, because there may be a million of them: id, sha256 in base64url, created_at, salt. */
type StoredCredential = readonly [id: string, sha256: string, createdAt: number, salt?: string];

const recode = (text: string, from: 'hex' | 'base64url', to: 'hex' | 'base64url'): string =>
  Buffer.from(text, from).toString(to);

export const parseCredentials = (row: Row): readonly CredentialEntry[] =>
  (jsonOf(row, 'credentials') as readonly StoredCredential[]).map(([id, sha256, createdAt, salt]) => ({
    id,
    sha256: recode(sha256, 'base64url', 'hex'),
    created_at: createdAt,
    ...(salt === undefined ? {} : { salt }),
  }));

const storedCredential = ({ id, sha256, created_at: createdAt, salt }: CredentialEntry): StoredCredential => {
  const digest = recode(sha256, 'hex', 'base64url');
  return salt === undefined ? [id, digest, createdAt] : [id, digest, createdAt, salt];
};

export const credentialsText = (credentials: readonly CredentialEntry[]): string =>
  JSON.stringify(credentials.map(storedCredential));

/** A row of SYSTEM_COLUMNS. */
export const parseSystem = (row: Row): KnownSystem => ({
  number: integerOf(row, 'number'),
  systemId: textOf(row, 'system_id'),
  fleet: textOf(row, 'fleet_name'),
  name: textOf(row, 'name'),
  tags: parseTags(row),
  intervalMs: integerOf(row, 'interval_ms'),
  ttlMs: integerOf(row, 'ttl_ms'),
  state: stateOf(row, 'state'),
  retired: integerOf(row, 'lane') === LANE_NUMBERS.retired,
  paused: integerOf(row, 'paused') === 1,
  pausedUntil: integerOrNullOf(row, 'paused_until'),
  stateSince: integerOrNullOf(row, 'state_since'),
  lastSeen: integerOrNullOf(row, 'last_seen'),
  offlineAt: integerOrNullOf(row, 'offline_at'),
  registration: integerOf(row, 'registration'),
  sequence: integerOf(row, 'sequence'),
  revision: integerOrNullOf(row, 'revision'),
  verdict: parseVerdict(row),
});

/** Of a system that is entered in the registry. */
export const parseEnteredSettings = (row: Row): EnteredSettings => ({
  systemId: textOf(row, 'system_id'),
  ttlMs: integerOf(row, 'ttl_ms'),
  paused: integerOf(row, 'paused') === 1,
  retired: integerOf(row, 'lane') === LANE_NUMBERS.retired,
  revision: integerOf(row, 'revision'),
});

/** The registry entry a row was made from; the row must have a revision. */
export const parseSystemEntry = (row: Row): SystemEntry => ({
  type: 'system',
  system_id: textOf(row, 'system_id'),
  fleet: textOf(row, 'fleet_name'),
  name: textOf(row, 'name'),
  tags: parseTags(row),
  interval_ms: integerOf(row, 'interval_ms'),
  ttl_ms: integerOf(row, 'ttl_ms'),
  paused: integerOf(row, 'paused') === 1,
  paused_until: integerOrNullOf(row, 'paused_until'),
  retired: integerOf(row, 'lane') === LANE_NUMBERS.retired,
  credentials: parseCredentials(row),
  changed_at: integerOf(row, 'changed_at'),
});

export const parseTransition = (row: Row): TransitionDocument => {
  const systemId = textOf(row, 'system_id');
  const position = integerOf(row, 'position');
  const to = stateOf(row, 'state');
  return {
    id: `${position}/${systemId}`,
    system_id: systemId,
    fleet: textOf(row, 'fleet_name'),
    registration: integerOf(row, 'registration'),
    sequence: integerOf(row, 'sequence'),
    from: stateOf(row, 'origin'),
    to: to === 'offline' ? 'offline' : 'online',
    occurred_at: toIso(integerOf(row, 'occurred_at')),
    decided_at: toIso(integerOf(row, 'decided_at')),
    ttl_seconds: integerOf(row, 'ttl_ms') / MS_PER_SECOND,
    position,
    verdict: parseVerdict(row),
  };
};

export const parseOutage = (row: Row): RecordedOutage => ({
  id: textOf(row, 'id'),
  partition: integerOf(row, 'partition'),
  outage: {
    from: toIso(integerOf(row, 'from_at')),
    to: toIso(integerOf(row, 'to_at')),
    cause: textOf(row, 'cause') as OutageCause,
    ingest: textOf(row, 'ingest'),
  },
});

export const parseSilence = (row: Row): PartitionSilence => {
  const reason = textOrNullOf(row, 'reason');
  return {
    id: textOf(row, 'id'),
    partition: integerOf(row, 'partition'),
    openedAt: integerOf(row, 'opened_at'),
    closedAt: integerOrNullOf(row, 'closed_at'),
    late: integerOf(row, 'late'),
    listed: integerOf(row, 'listed'),
    reason: reason === 'recovered' || reason === 'operator' ? reason : null,
    by: textOf(row, 'closed_by'),
    note: textOf(row, 'note'),
  };
};

/** The id of a system that a registry key names; null for keys of other kinds. */
export const systemIdOfKey = (key: string): string | null => {
  const start = systemKey('');
  return key.startsWith(start) ? key.slice(start.length) : null;
};

import type { EpochMs, SystemRow, SystemState } from '@earshot/contracts';
import { isListed, LivenessStoreError } from '../port/index.ts';
import { type OpenStretch, openAtOf } from './open-stretches.ts';
import { ttlName, ttlOfName } from './partition-keys.ts';

/**
 * A system's row as the text of one hash field:
 *
 *     +1500,o,3,2,1,7,,,,,,8;a1b2c3d4default
 *
 * In this order: mark and ttl, state, ttlRevision, revision, registration, sequence, mutedTo, retiredAt, since, openAt,
 * lastSeen, length of the credential; then credential and fleet, which may hold anything. Left out is what is usual or
 * follows from elsewhere: for a listed system `since` is its score, `openAt` follows from it, and `lastSeen` is the
 * same. So a heartbeat changes the score and leaves the text as it is; the commit script compares texts and writes
 * those that differ.
 */

/** Not listed: in no `seen` index, since and openAt are in the text. */
const UNLISTED = '-';
/** Listed; openAt follows from since. */
const LISTED = '+';
/** Listed; openAt is in the text. */
const LISTED_EXPLICIT = '*';

const STATE_LETTERS: Readonly<Record<SystemState, string>> = { unseen: 'u', online: 'o', offline: 'f' };
const STATES: Readonly<Record<string, SystemState>> = { u: 'unseen', o: 'online', f: 'offline' };
const PAUSED = 'p';
const NEVER = 'never';
const NOT_MUTED = -1;
const FIELDS = 12;

const lastSeenText = ({ lastSeen, since }: SystemRow): string | number => {
  if (lastSeen === since) return '';
  return lastSeen ?? NEVER;
};

/** Packs a system as it is stored where these stretches are. */
export const packSystem = (row: SystemRow, stretches: readonly OpenStretch[]): string => {
  const isInIndex = isListed(row);
  const follows = isInIndex && openAtOf(stretches, row.since) === row.openAt;
  const listedMark = follows ? LISTED : LISTED_EXPLICIT;
  const mark = isInIndex ? listedMark : UNLISTED;
  const state = `${STATE_LETTERS[row.state]}${row.paused ? PAUSED : ''}`;
  const mutedTo = row.mutedTo === NOT_MUTED ? '' : row.mutedTo;
  const settings = `${mark}${ttlName(row.ttlMs)},${state},${row.ttlRevision},${row.revision},${row.registration}`;
  const silence = `${isInIndex ? '' : row.since},${follows ? '' : row.openAt},${lastSeenText(row)}`;
  const history = `${row.sequence},${mutedTo},${row.retiredAt ?? ''},${silence}`;
  return `${settings},${history},${row.credential.length};${row.credential}${row.fleet}`;
};

const unreadable = (): LivenessStoreError =>
  new LivenessStoreError(
    'EARSHOT_STORE_CORRUPT',
    'the projection cannot be read: a system is not stored as we store it',
  );

const parseInteger = (text: string | undefined): number => {
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  if (!Number.isSafeInteger(value)) throw unreadable();
  return value;
};

const parseOptional = <T>(text: string | undefined, absent: T): number | T =>
  text === '' ? absent : parseInteger(text);

const parseLastSeen = (text: string | undefined, since: EpochMs): EpochMs | null =>
  text === NEVER ? null : parseOptional(text, since);

const parseStateName = (text: string | undefined): SystemState => {
  const state = STATES[text?.[0] ?? ''];
  if (state === undefined) throw unreadable();
  return state;
};

/** Name of the `seen` index the system of a packed text is in; null: in none. */
export const seenTtlName = (packed: string): string | null =>
  packed.startsWith(UNLISTED) ? null : packed.slice(1, packed.indexOf(','));

/** A text that was read, and the score of its system: null if it is in no index. */
export interface StoredSystem {
  readonly systemId: string;
  readonly packed: string;
  readonly score: EpochMs | null;
}

/** The row that was packed. Throws EARSHOT_STORE_CORRUPT for what cannot have been. */
export const unpackSystem = (stored: StoredSystem, stretches: readonly OpenStretch[]): SystemRow => {
  const { systemId, packed, score } = stored;
  const end = packed.indexOf(';');
  const fields = packed.slice(0, end).split(',');
  if (fields.length !== FIELDS) throw unreadable();
  const [name, state, ttlRevision, revision, registration, sequence, mutedTo, retiredAt, since, openAt, seen, length] =
    fields;
  const from = score ?? parseInteger(since);
  const open = parseOptional(openAt, openAtOf(stretches, from));
  if (open === null) throw unreadable();
  const fleetAt = end + 1 + parseInteger(length);
  return {
    systemId,
    fleet: packed.slice(fleetAt),
    ttlMs: ttlOfName((name ?? '').slice(1)),
    ttlRevision: parseInteger(ttlRevision),
    revision: parseInteger(revision),
    registration: parseInteger(registration),
    state: parseStateName(state),
    paused: state?.[1] === PAUSED,
    retiredAt: parseOptional(retiredAt, null),
    lastSeen: parseLastSeen(seen, from),
    since: from,
    openAt: open,
    sequence: parseInteger(sequence),
    mutedTo: parseOptional(mutedTo, NOT_MUTED),
    credential: packed.slice(end + 1, fleetAt),
  };
};

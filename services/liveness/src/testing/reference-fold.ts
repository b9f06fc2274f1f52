/**
 * The rules of time and of the verdict, written to be checked by reading and never to be fast: plain maps, every
 * question answered by looking at all systems. It is the judge of the fold that production runs, and serves tests and
 * simulation only.
 */
import {
  ACCUMULATED_TTLS,
  CLOCK_BACK_MS,
  HOLD_EXTRA_MS_MAX,
  KNOCK_GAP_MS,
  LATE_DENOMINATOR,
  LATE_NUMERATOR,
  LEDGER_OUTAGES_MAX,
  LISTENER_LEAVE_MS,
  SILENCE_END_SHARE,
  SILENCE_LEAST,
  SILENCE_SHARE,
  TOMBSTONE_MS,
  VERDICTS_PER_KNOCK_MAX,
  type DurationMs,
  type EpochMs,
  type HeartbeatRecord,
  type HeartbeatTopicRecord,
  type KnockRecord,
  type Listener,
  type Outage,
  type PartitionState,
  type ReleaseRecord,
  type SystemRecord,
  type SystemRow,
} from '@earshot/contracts';
import type { FoldEffects, FoldRecord, IgnoredReason } from '../domain/partition-fold.ts';
import {
  bringOffline,
  bringOnline,
  tellOutage,
  tellSilenceOpened,
  tellSilenceRecovered,
  tellSilenceReleased,
} from './reference-effects.ts';
import {
  effectsOf,
  EMPTY_PARTITION,
  openPartition,
  rowsOf,
  stateOf,
  type ReferencePartition,
  type ReferenceSystem,
  type StoredPartition,
} from './reference-partition.ts';

export interface ReferenceFold {
  /** Folds the next record; throws RangeError when its position is not above the last. */
  fold(record: FoldRecord): FoldEffects;
  state(): PartitionState;
  /** Every system known, in no particular order. */
  rows(): readonly SystemRow[];
}

/** A reference fold that is empty, or continues from plain data. */
export const createReferenceFold = (partition: number, stored: StoredPartition = EMPTY_PARTITION): ReferenceFold => {
  const p = openPartition(partition, stored);
  return { fold: (record) => fold(p, record), state: () => stateOf(p), rows: () => rowsOf(p) };
};

const fold = (p: ReferencePartition, record: FoldRecord): FoldEffects => {
  if (record.position <= p.position) throw new RangeError(`position ${record.position} is not above ${p.position}`);
  Object.assign(p, { position: record.position, transitions: [], events: [], ignored: null });
  if (record.record?.type === 'knock' && record.appendedAt < p.now - CLOCK_BACK_MS) setBack(p, record.appendedAt);
  p.now = Math.max(p.now, record.appendedAt);
  if (record.record !== null) apply(p, record.key ?? '', record.record);
  return effectsOf(p);
};

/** What a record does not say is 0, false or empty. */
const UNSAID = { revision: 0, fleet: '', credential: '', ttl_ms: 0, paused: false, retired: false } as const;
const UNSAID_BY_KNOCK = { refused: 0, names: [], leaving: false, goodbye: false } as const;

const apply = (p: ReferencePartition, key: string, r: HeartbeatTopicRecord): void => {
  switch (r.type) {
    case 'system':
      return change(p, key, { ...UNSAID, ...r });
    case 'heartbeat':
      return touch(p, key, { ...UNSAID, ...r });
    case 'release':
      return release(p, r);
    case 'knock':
      return knock(p, { ...UNSAID_BY_KNOCK, ...r });
  }
};

/** T5 */
const setBack = (p: ReferencePartition, w: EpochMs): void => {
  p.now = p.proven = p.openSince = p.lastKnock = w;
  for (const l of p.listeners.values()) l.at = l.timer = w;
  for (const s of p.systems.values()) {
    if (s.since > w) Object.assign(s, { since: w, openAt: p.open });
    if (s.lastSeen !== null && s.lastSeen > w) s.lastSeen = w;
    if (s.retiredAt !== null && s.retiredAt > w) s.retiredAt = w;
  }
  addOutage(p, { from: w, to: w, cause: 'clock_set_back', ingest: '' });
};

/** Never too low: of the time not yet proven nobody knows whether it will be open. */
const openTimeAt = (p: ReferencePartition, t: EpochMs): DurationMs =>
  p.open + Math.max(0, t - Math.max(p.proven, p.openSince));

const restart = (p: ReferencePartition, s: ReferenceSystem): void => {
  s.since = p.now;
  s.openAt = openTimeAt(p, p.now);
};

type Settings = Omit<Required<SystemRecord>, 'type'>;

/** Unseen, without a deadline. Replaces what was known of it, but for what is muted after a rebuild. */
const create = (p: ReferencePartition, systemId: string, r: Settings): ReferenceSystem => {
  const created: ReferenceSystem = {
    systemId,
    fleet: r.fleet,
    ttlMs: r.ttl_ms,
    ttlRevision: r.revision,
    revision: r.revision,
    registration: r.revision,
    state: 'unseen',
    paused: r.paused,
    retiredAt: null,
    lastSeen: null,
    since: p.now,
    openAt: openTimeAt(p, p.now),
    sequence: 0,
    mutedTo: p.systems.get(systemId)?.mutedTo ?? -1,
    credential: '',
  };
  p.systems.set(systemId, created);
  return created;
};

/** A `system` record: registered, changed, paused, resumed, retired. */
const change = (p: ReferencePartition, systemId: string, r: Settings): void => {
  const known = p.systems.get(systemId);
  if (known !== undefined && r.revision < known.revision) return ignore(p, 'stale_revision');
  if (r.retired) {
    const s = known ?? create(p, systemId, r);
    s.retiredAt = p.now;
    s.revision = r.revision;
  } else if (known === undefined || known.retiredAt !== null) create(p, systemId, r);
  else adjust(p, known, r);
};

const adjust = (p: ReferencePartition, s: ReferenceSystem, r: Settings): void => {
  const isNewer = r.revision >= s.ttlRevision; // heartbeats bring a ttl too, but never pause or retirement
  const isFresh = (isNewer && r.ttl_ms !== s.ttlMs) || (s.paused && !r.paused);
  if (isNewer) {
    s.ttlMs = r.ttl_ms;
    s.ttlRevision = r.revision;
    s.fleet = r.fleet;
  }
  s.paused = r.paused;
  s.revision = r.revision;
  if (isFresh) restart(p, s);
};

/** A heartbeat. */
const touch = (p: ReferencePartition, systemId: string, r: Settings & Required<HeartbeatRecord>): void => {
  const known = p.systems.get(systemId);
  const refusal = refusalOf(known, r);
  if (refusal !== null) return ignore(p, refusal);
  const s = known === undefined || known.retiredAt !== null ? create(p, systemId, r) : known;
  if (r.revision > s.ttlRevision) s.fleet = r.fleet;
  if (r.revision >= s.ttlRevision) {
    s.ttlMs = r.ttl_ms;
    s.ttlRevision = r.revision;
  }
  s.lastSeen = p.now;
  s.credential = r.credential;
  restart(p, s);
  if (s.state !== 'online' && p.position > s.mutedTo) bringOnline(p, s);
};

/** A stale heartbeat does not revive; the fleet that came first stays until the registry says otherwise. */
const refusalOf = (known: ReferenceSystem | undefined, r: Settings): IgnoredReason | null => {
  if (known === undefined) return null;
  if (known.retiredAt !== null) return r.revision <= known.revision ? 'retired' : null;
  return r.fleet !== known.fleet && r.revision <= known.ttlRevision ? 'other_fleet' : null;
};

const release = (p: ReferencePartition, r: ReleaseRecord): void => {
  if (p.hold !== 'on') return;
  Object.assign(p, { hold: 'released', holdClosedAt: p.proven });
  tellSilenceReleased(p, r);
};

const isListed = (s: ReferenceSystem): boolean => s.state === 'online' && !s.paused && s.retiredAt === null;
const isAnyoneStaying = (p: ReferencePartition): boolean =>
  [...p.listeners.values()].some((listener) => !listener.leaving);

const knock = (p: ReferencePartition, r: Required<KnockRecord>): void => {
  const previous = p.listeners.get(r.ingest);
  if (previous !== undefined && r.n <= previous.n) return ignore(p, 'repeated_knock');
  const before = closingCauseBefore(p, r, previous);
  const after = hear(p, r);
  const cause = after ?? before ?? (isAnyoneStaying(p) ? null : { cause: 'leaving', ingest: '' });
  if (cause !== null) close(p, cause);
  for (const systemId of r.names) {
    const named = p.systems.get(systemId);
    if (named !== undefined) restart(p, named);
  }
  const heardUpTo = p.listeners.size === 0 ? p.now : Math.min(...[...p.listeners.values()].map((l) => l.at));
  if (heardUpTo > p.proven) {
    p.open += Math.max(0, heardUpTo - Math.max(p.proven, p.openSince));
    p.proven = heardUpTo;
  }
  judge(p);
};

type ClosingCause = Pick<Outage, 'cause' | 'ingest'> | null;

/** Why the knock itself closes the time before it; the cause found last is the one told. */
const closingCauseBefore = (
  p: ReferencePartition,
  r: Required<KnockRecord>,
  previous: Listener | undefined,
): ClosingCause => {
  let cause: ClosingCause = null;
  if (!isAnyoneStaying(p)) cause = { cause: 'nobody_listened', ingest: '' };
  if (previous !== undefined && p.now - previous.at > KNOCK_GAP_MS) cause = { cause: 'not_heard', ingest: r.ingest };
  if (r.refused > 0) cause = { cause: 'turned_away', ingest: r.ingest };
  return cause;
};

/** Brings the listeners up to date. Answers the one given up last, for that closes time too. */
const hear = (p: ReferencePartition, r: Required<KnockRecord>): ClosingCause => {
  const hasAnyoneKnocked = p.now - p.lastKnock <= KNOCK_GAP_MS;
  if (!hasAnyoneKnocked) for (const l of p.listeners.values()) l.timer = p.now; // so nobody left
  p.lastKnock = p.now;
  if (r.goodbye) p.listeners.delete(r.ingest);
  else p.listeners.set(r.ingest, { ingest: r.ingest, at: p.now, n: r.n, timer: p.now, leaving: r.leaving });
  const gone = [...p.listeners.values()].filter((l) => p.now - l.timer > LISTENER_LEAVE_MS);
  for (const l of gone) p.listeners.delete(l.ingest);
  const last = gone.at(-1);
  return last === undefined ? null : { cause: 'vanished', ingest: last.ingest };
};

/** Always from proven on: never behind a verdict. */
const close = (p: ReferencePartition, cause: Pick<Outage, 'cause' | 'ingest'>): void => {
  const last = p.ledger.at(-1);
  if (last !== undefined && last.to >= p.proven) last.to = Math.max(last.to, p.now);
  else {
    const outage: Outage = { from: p.proven, to: p.now, ...cause };
    addOutage(p, outage);
    tellOutage(p, outage);
  }
  p.openSince = Math.max(p.openSince, p.now);
};

const addOutage = (p: ReferencePartition, outage: Outage): void => {
  p.ledger.push({ ...outage });
  if (p.ledger.length > LEDGER_OUTAGES_MAX) p.ledger.shift();
};

/** Contiguous open silence of at least d. */
const isSilent = (p: ReferencePartition, s: ReferenceSystem, d: DurationMs): boolean =>
  Math.max(s.since, p.openSince) + d <= p.proven;
const isDue = (p: ReferencePartition, s: ReferenceSystem, d: DurationMs): boolean =>
  isSilent(p, s, d) || p.open - s.openAt >= ACCUMULATED_TTLS * d;

/** Whether it has been silent for 3/4 of its ttl since `from`; compared in whole numbers. */
const isLateSince = (p: ReferencePartition, s: ReferenceSystem, from: EpochMs): boolean =>
  LATE_DENOMINATOR * (p.proven - from) >= LATE_NUMERATOR * s.ttlMs;

/** How long the system may be silent now. */
const patienceWith = (p: ReferencePartition, s: ReferenceSystem): DurationMs =>
  s.ttlMs + (p.hold === 'on' ? Math.min(s.ttlMs, HOLD_EXTRA_MS_MAX) : 0);

const judge = (p: ReferencePartition): void => {
  const listed = [...p.systems.values()].filter(isListed);
  judgeFleet(p, listed);
  const due = listed.filter((s) => isDue(p, s, patienceWith(p, s)) && p.position > s.mutedTo);
  const dueAt = (s: ReferenceSystem): EpochMs => Math.max(s.since, p.openSince) + patienceWith(p, s);
  due.sort((a, b) => dueAt(a) - dueAt(b));
  for (const s of due.slice(0, VERDICTS_PER_KNOCK_MAX)) {
    bringOffline(p, s, isSilent(p, s, patienceWith(p, s)) ? 'contiguous' : 'accumulated');
  }
  const forgotten = [...p.systems.values()].filter((s) => s.retiredAt !== null && s.retiredAt < p.now - TOMBSTONE_MS);
  for (const s of forgotten) p.systems.delete(s.systemId);
};

/** V5: opens and ends the hold. */
const judgeFleet = (p: ReferencePartition, listed: readonly ReferenceSystem[]): void => {
  const late = listed.filter((s) => isLateSince(p, s, Math.max(s.since, p.openSince))).length;
  const silent = listed.filter((s) => isLateSince(p, s, s.since)).length;
  const many = late >= SILENCE_LEAST && SILENCE_SHARE * late >= listed.length;
  const few = silent < SILENCE_LEAST || SILENCE_END_SHARE * silent < listed.length;
  if (p.hold === 'none' && many && listed.some((s) => isDue(p, s, s.ttlMs))) {
    Object.assign(p, { hold: 'on', holdOpenedAt: p.proven, holdClosedAt: null });
    tellSilenceOpened(p, late, listed.length);
  } else if (p.hold !== 'none' && few) {
    if (p.hold === 'on') {
      tellSilenceRecovered(p);
      p.holdClosedAt = p.proven;
    }
    p.hold = 'none';
  }
};

const ignore = (p: ReferencePartition, reason: IgnoredReason): void => {
  p.ignored = reason;
};

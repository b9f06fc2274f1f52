import {
  ACCUMULATED_TTLS,
  CLOCK_BACK_MS,
  KNOCK_GAP_MS,
  LISTENER_LEAVE_MS,
  type DurationMs,
  type EpochMs,
  type KnockRecord,
  type Transition,
} from '@earshot/contracts';
import type { FoldRecord } from '../domain/partition-fold.ts';

/** A stretch of log time, both ends included. */
type Stretch = readonly [from: EpochMs, to: EpochMs];

/** An ingest as its newest knock left it. */
interface Heard {
  readonly at: EpochMs;
  readonly n: number;
  readonly stays: boolean;
  readonly goodbye: boolean;
}

/** What the raw records say about hearing, since the log's clock was last set back. */
interface Hearing {
  now: EpochMs;
  from: EpochMs;
  heard: Map<string, Heard>;
  /** In these some ingest that stays was heard at both ends. */
  covered: Stretch[];
  /** In these some ingest was deaf: knocked too late, turned systems away, or was not yet known to be gone. */
  deaf: Stretch[];
  aliveAt: EpochMs;
  /** Open time since `aliveAt` that lies before the clock was set back. */
  openBefore: DurationMs;
}

/**
 * G1, judged a third way: from knocks and heartbeats alone, without a state of partition or system. Answers why the
 * verdict is unfounded, or null. It is lenient where the rules close more time than plain reading of the records
 * would, never stricter. `isHeartbeat` says of the system's heartbeats which ones counted (one for another fleet does
 * not).
 */
export const whyUnfounded = (
  records: readonly FoldRecord[],
  offline: Transition,
  isHeartbeat: (record: FoldRecord) => boolean,
): string | null => {
  const hearing: Hearing = {
    now: 0,
    from: 0,
    heard: new Map(),
    covered: [],
    deaf: [],
    aliveAt: 0,
    openBefore: 0,
  };
  for (const record of records) {
    if (record.position > offline.position) break;
    hear(hearing, record, isSignOfLife(record, offline.systemId, isHeartbeat));
  }
  const proven = offline.occurredAt;
  for (const [ingest, { at, goodbye }] of hearing.heard) {
    if (goodbye || at >= proven) continue;
    if (hearing.now - at <= LISTENER_LEAVE_MS) return `${ingest} may still listen and was heard up to ${at} only`;
    hearing.deaf.push([at, at + LISTENER_LEAVE_MS]);
  }
  return whySilenceIsNotProven(hearing, offline);
};

const whySilenceIsNotProven = (hearing: Hearing, { occurredAt: proven, evidence }: Transition): string | null => {
  const { ttlMs } = evidence;
  if (evidence.rule === 'accumulated') {
    const openMs = hearing.openBefore + openTime(hearing, Math.max(hearing.aliveAt, hearing.from), proven);
    return openMs >= ACCUMULATED_TTLS * ttlMs ? null : `open for ${openMs} ms only since ${hearing.aliveAt}`;
  }
  const from = proven - ttlMs;
  if (hearing.aliveAt > from) return `alive at ${hearing.aliveAt}, after ${from}`;
  if (from < hearing.from) return `the clock was set back to ${hearing.from}`;
  const openMs = openTime(hearing, from, proven);
  return openMs === ttlMs ? null : `open for ${openMs} of ${ttlMs} ms`;
};

const isSignOfLife = (record: FoldRecord, systemId: string, isHeartbeat: (record: FoldRecord) => boolean): boolean => {
  if (record.record?.type === 'knock') return record.record.names?.includes(systemId) === true;
  return record.record?.type === 'heartbeat' && record.key === systemId && isHeartbeat(record);
};

const hear = (hearing: Hearing, { record, appendedAt }: FoldRecord, isAlive: boolean): void => {
  const isKnock = record?.type === 'knock';
  if (isKnock && appendedAt < hearing.now - CLOCK_BACK_MS) setBack(hearing, appendedAt);
  hearing.now = Math.max(hearing.now, appendedAt);
  const isProof = isKnock && hearKnock(hearing, record);
  if (!isAlive || (isKnock && !isProof)) return;
  hearing.aliveAt = hearing.now;
  hearing.openBefore = 0;
};

/** Who was heard lately is taken to have been heard at the new time; who was not is left out. */
const setBack = (hearing: Hearing, to: EpochMs): void => {
  const { now, heard } = hearing;
  hearing.openBefore += openTime(hearing, Math.max(hearing.aliveAt, hearing.from), now);
  hearing.now = hearing.from = to;
  hearing.aliveAt = Math.min(hearing.aliveAt, to);
  hearing.covered = [];
  hearing.deaf = [];
  const lately = [...heard].filter(([, { at, goodbye }]) => !goodbye && now - at <= LISTENER_LEAVE_MS);
  hearing.heard = new Map(lately.map(([ingest, last]) => [ingest, { ...last, at: to }]));
};

/** Answers whether the knock is one: not a repetition. */
const hearKnock = (hearing: Hearing, { ingest, n, refused = 0, leaving, goodbye }: KnockRecord): boolean => {
  const { now } = hearing;
  const last = hearing.heard.get(ingest);
  const isNew = last === undefined || last.goodbye || now - last.at > LISTENER_LEAVE_MS;
  if (!isNew && n <= last.n) return false;
  if (last !== undefined && !last.goodbye) noteHearing(hearing, last, refused > 0);
  const stays = leaving !== true && goodbye !== true;
  hearing.heard.set(ingest, { at: now, n, stays, goodbye: goodbye === true });
  return true;
};

const noteHearing = (hearing: Hearing, last: Heard, hasRefused: boolean): void => {
  const gapMs = hearing.now - last.at;
  if (gapMs <= KNOCK_GAP_MS && last.stays) hearing.covered.push([last.at, hearing.now]);
  if (gapMs <= KNOCK_GAP_MS && !hasRefused) return;
  hearing.deaf.push([last.at, Math.min(hearing.now, last.at + LISTENER_LEAVE_MS)]);
};

/** How much of the stretch was covered and not deaf. */
const openTime = ({ covered, deaf }: Hearing, from: EpochMs, to: EpochMs): DurationMs => {
  const inside = (instant: EpochMs): boolean => instant > from && instant < to;
  const edges = [from, to, ...[...covered, ...deaf].flat().filter(inside)].toSorted((a, b) => a - b);
  const within = (stretches: readonly Stretch[], a: EpochMs, b: EpochMs): boolean =>
    stretches.some(([start, end]) => start <= a && b <= end);
  let openMs = 0;
  for (const [index, edge] of edges.entries()) {
    const next = edges[index + 1] ?? edge;
    if (within(covered, edge, next) && !within(deaf, edge, next)) openMs += next - edge;
  }
  return openMs;
};

import type { DurationMs, EpochMs, Outage, PartitionState } from '@earshot/contracts';

/**
 * How a system's `openAt` follows from its `since`, so that a heartbeat need not store it.
 *
 * The fold notes `openAt` when it hears a heartbeat, from what it knows of open time at that moment. The partition's
 * ledger cannot tell it later: a closing reaches back over heartbeats already heard, adjacent outages merge, and old
 * ones are dropped. So what open time was counted from is kept here, one entry per open stretch. Entries that stored
 * systems rest on never change; a system that does not follow them has its `openAt` written in its row.
 */
export interface OpenStretch {
  /** Lowest since it is for; up to the next entry's. */
  readonly from: EpochMs;
  /** From here on time is open ... */
  readonly origin: EpochMs;
  /** ... and so much open time had been counted before. */
  readonly open: DurationMs;
}

export interface OpenStretches {
  /** In order of `from`. */
  readonly stretches: readonly OpenStretch[];
  /** Highest since among the listed systems stored so far, or more. A new entry must begin after it. */
  readonly sinceMax: EpochMs;
}

/**
 * Entries kept. They are read with every read of systems, at about 40 bytes each. When they are used up, systems heard
 * in further stretches cost a write of their row each, until entries that nobody rests on any more are dropped.
 */
export const OPEN_STRETCHES_MAX = 1_000;

/** Entries taken from a ledger: room is left for new ones. */
const FROM_LEDGER_MAX: number = OPEN_STRETCHES_MAX / 2;

/** The open time at an instant of a stretch: what the fold notes for a heartbeat then. */
const openTimeAt = ({ origin, open }: Pick<OpenStretch, 'origin' | 'open'>, at: EpochMs): DurationMs =>
  open + Math.max(0, at - origin);

/** Index of the last entry that begins at or before an instant; -1 if there is none. */
const indexAt = (stretches: readonly OpenStretch[], at: EpochMs): number => {
  const last = stretches.length - 1;
  const newest = stretches[last];
  if (newest !== undefined && newest.from <= at) return last; // nearly always
  let low = 0;
  let high = last;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((stretches[middle]?.from ?? Number.POSITIVE_INFINITY) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

/** `openAt` as it follows from `since`; null where nothing is known of that time. */
export const openAtOf = (stretches: readonly OpenStretch[], since: EpochMs): DurationMs | null => {
  const stretch = stretches[indexAt(stretches, since)];
  return stretch === undefined ? null : openTimeAt(stretch, since);
};

/** The open stretch a partition is in, as if it had been noted when it began. */
const currentStretch = (state: PartitionState): OpenStretch => ({
  // `openSince` is ahead of `now` only where time is kept closed in advance.
  from: Math.min(state.openSince, state.now),
  origin: state.openSince,
  open: state.open - Math.max(0, state.proven - state.openSince),
});

/** Closed time before it: two entries that agree in it are the same line. */
const closedBefore = ({ origin, open }: OpenStretch): DurationMs => origin - open;

/** The stretch before an outage, which began where the outage before it ended. */
const stretchBefore = (outage: Outage, before: Outage | undefined, after: OpenStretch): OpenStretch => {
  const from = before?.to ?? 0;
  const closed = closedBefore(after) - (outage.to - outage.from);
  return { from, origin: from, open: from - closed };
};

/**
 * The entries for a partition of which nothing is stored yet: as good as the ledger tells. None of the systems rests on
 * them, so they may be wrong, which only makes rows longer.
 */
export const stretchesOfLedger = (state: PartitionState): OpenStretches => {
  const { ledger } = state;
  let oldest = currentStretch(state);
  const newestFirst = [oldest];
  for (let index = ledger.length - 1; index >= 0 && newestFirst.length < FROM_LEDGER_MAX; index -= 1) {
    const outage = ledger[index];
    if (outage === undefined || outage.to === outage.from) continue;
    const stretch = stretchBefore(outage, ledger[index - 1], oldest);
    if (stretch.from >= oldest.from) break; // the log's clock was set back
    newestFirst.push(stretch);
    oldest = stretch;
  }
  return { stretches: newestFirst.toReversed(), sinceMax: Number.MIN_SAFE_INTEGER };
};

/** Entries that begin before an instant. */
const beginningBefore = (stretches: readonly OpenStretch[], at: EpochMs): readonly OpenStretch[] => {
  let count = stretches.length;
  while (count > 0 && (stretches[count - 1]?.from ?? at) >= at) count -= 1;
  return stretches.slice(0, count);
};

/**
 * The entries after a commit of this state: one more if open time is counted from elsewhere than in the newest. The
 * same object if nothing changed.
 */
export const continueStretches = (known: OpenStretches, state: PartitionState): OpenStretches => {
  const current = currentStretch(state);
  const newest = known.stretches.at(-1);
  if (newest !== undefined && closedBefore(newest) === closedBefore(current)) return known;
  const from = Math.max(known.sinceMax + 1, current.from);
  // Nobody rests on entries from there on, so that they can be replaced.
  const kept = beginningBefore(known.stretches, from);
  if (kept.length >= OPEN_STRETCHES_MAX) return known;
  return { stretches: [...kept, { ...current, from }], sinceMax: known.sinceMax };
};

/**
 * Whether it is worth measuring which entries stored systems rest on: they are used up, or the log's clock was set
 * back.
 */
export const needsMeasuring = (known: OpenStretches, state: PartitionState): boolean =>
  known.stretches.length >= OPEN_STRETCHES_MAX || known.sinceMax > state.now;

/** Lowest and highest since of the listed systems. */
export interface SinceRange {
  readonly lowest: EpochMs;
  readonly highest: EpochMs;
}

/** Leaves out the entries no stored system rests on. Null: no system is listed. */
export const dropUnusedStretches = (known: OpenStretches, range: SinceRange | null): OpenStretches => {
  if (range === null) return { stretches: known.stretches.slice(-1), sinceMax: Number.MIN_SAFE_INTEGER };
  const first = Math.max(0, indexAt(known.stretches, range.lowest));
  return { stretches: known.stretches.slice(first), sinceMax: range.highest };
};

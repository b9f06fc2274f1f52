import {
  ACCUMULATED_TTLS,
  LATE_DENOMINATOR,
  LATE_NUMERATOR,
  type DurationMs,
  type EpochMs,
  type PartitionState,
  type SystemRow,
} from '@earshot/contracts';

/**
 * Which systems are late or held: what readers see between online and offline, derived from a row and the partition's
 * state by the same definitions as the verdict's. Every adapter uses these, so that none can have its own idea of it.
 * Times are log time.
 */

/** The members of the partition's state that silence is judged by. */
export type SilenceState = Pick<PartitionState, 'proven' | 'openSince' | 'open' | 'hold'>;

/** True for systems a verdict may be about: online, neither paused nor retired. */
export const isListed = (row: Pick<SystemRow, 'state' | 'paused' | 'retiredAt'>): boolean =>
  row.state === 'online' && !row.paused && row.retiredAt === null;

/**
 * The highest values that still make a listed system of one ttl late or held; null where none can. What an adapter
 * needs to ask an index ordered by since.
 */
export interface SilenceBounds {
  /** Late: since at or below it. */
  readonly lateSince: EpochMs | null;
  /** Held: since at or below this ... */
  readonly heldSince: EpochMs | null;
  /** ... or openAt at or below this. */
  readonly heldOpenAt: DurationMs | null;
}

/**
 * Three quarters of a ttl in whole milliseconds, rounded up: an integer silence of at least the fraction is at least
 * this.
 */
const lateAfterMs = (ttlMs: DurationMs): DurationMs => Math.ceil((LATE_NUMERATOR * ttlMs) / LATE_DENOMINATOR);

/** Highest since that has been silent for a stretch; none if the partition has not been open that long. */
const silentSince = (state: SilenceState, stretchMs: DurationMs): EpochMs | null =>
  state.openSince + stretchMs <= state.proven ? state.proven - stretchMs : null;

export const silenceBounds = (state: SilenceState, ttlMs: DurationMs): SilenceBounds => ({
  lateSince: silentSince(state, lateAfterMs(ttlMs)),
  heldSince: state.hold === 'on' ? silentSince(state, ttlMs) : null,
  heldOpenAt: state.hold === 'on' ? state.open - ACCUMULATED_TTLS * ttlMs : null,
});

const isAtOrBelow = (value: number, bound: number | null): boolean => bound !== null && value <= bound;

/** True if the system has been silent for three quarters of its ttl, in one open stretch. */
export const isLate = (row: SystemRow, state: SilenceState): boolean =>
  isListed(row) && isAtOrBelow(row.since, silenceBounds(state, row.ttlMs).lateSince);

/** True if the system is due and only a hold keeps it from being offline. */
export const isHeld = (row: SystemRow, state: SilenceState): boolean => {
  if (!isListed(row)) return false;
  const { heldSince, heldOpenAt } = silenceBounds(state, row.ttlMs);
  return isAtOrBelow(row.since, heldSince) || isAtOrBelow(row.openAt, heldOpenAt);
};

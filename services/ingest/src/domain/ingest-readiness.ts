import { type DurationMs, KNOCK_GAP_MS } from '@earshot/contracts';
import type { TableCurrency } from './known-sender.ts';

/** So many gaps within GAPS_WINDOW_MS make an ingest one that cannot be relied on. */
const GAPS_MAX = 3;
const GAPS_WINDOW_MS: DurationMs = 600_000;
/** It is relied on again after this long without a gap. */
const CLEAN_MS: DurationMs = 60_000;

/** How this ingest's knocks have gone; instants are of its own clock that never goes back. */
export interface KnockHistory {
  /** Newest knock that every partition acknowledged; null before the first. */
  readonly acknowledgedAt: DurationMs | null;
  /** When the newest GAPS_MAX gaps ended, oldest first. */
  readonly gaps: readonly DurationMs[];
}

export const NO_KNOCKS: KnockHistory = { acknowledgedAt: null, gaps: [] };

/** The history after another knock was acknowledged. */
export const withAcknowledged = (history: KnockHistory, now: DurationMs): KnockHistory => {
  const isGap = history.acknowledgedAt !== null && now - history.acknowledgedAt > KNOCK_GAP_MS;
  return { acknowledgedAt: now, gaps: isGap ? [...history.gaps, now].slice(-GAPS_MAX) : history.gaps };
};

const isHeard = (history: KnockHistory, now: DurationMs): boolean =>
  history.acknowledgedAt !== null && now - history.acknowledgedAt <= KNOCK_GAP_MS;

const isSteady = ({ gaps }: KnockHistory, now: DurationMs): boolean => {
  const [oldest] = gaps;
  const newest = gaps.at(-1);
  if (oldest === undefined || newest === undefined || gaps.length < GAPS_MAX) return true;
  return newest - oldest > GAPS_WINDOW_MS || now - newest >= CLEAN_MS;
};

export interface ReadinessFacts {
  readonly history: KnockHistory;
  readonly currency: TableCurrency;
  readonly stopping: boolean;
  readonly now: DurationMs;
}

/** What must hold for this ingest to be sent heartbeats, each with what to say when it does not. */
export const readinessConditions = (facts: ReadinessFacts): readonly (readonly [boolean, string])[] => [
  [!facts.stopping, 'stopping'],
  [facts.currency === 'current', `credentials are not current: ${facts.currency}`],
  [isHeard(facts.history, facts.now), 'the last knock was not acknowledged in time'],
  [isSteady(facts.history, facts.now), 'knocks were missing too often lately'],
];

/**
 * Whether knocks must say that this ingest is leaving: whenever it tells its balancer not to send heartbeats, for then its knocks,
 * well though they may go, prove nothing about systems. So time is open only while an ingest is ready. Before the first
 * acknowledgement there is nothing to leave.
 */
export const isLeaving = (facts: ReadinessFacts): boolean =>
  readinessConditions(facts).some(([holds]) => !holds) && (facts.history.acknowledgedAt !== null || isUnusable(facts));

const isUnusable = (facts: ReadinessFacts): boolean => facts.stopping || facts.currency !== 'current';

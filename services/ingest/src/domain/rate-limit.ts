import type { DurationMs } from '@earshot/contracts';

/** Heartbeats a second that one system may send for long: a hundred times what the shortest interval needs. */
export const RATE_PER_SECOND = 5;
/** Heartbeats a system may send at once after a pause: retries of a few minutes' worth. */
export const BURST = 20;

const MS_PER_TOKEN: DurationMs = 1_000 / RATE_PER_SECOND;

/** A bucket that nobody touched for this long is full: what is forgotten after it changes nothing. */
export const REFILL_MS: DurationMs = BURST * MS_PER_TOKEN;

/**
 * A token bucket as one number: when it will be full again, in ms of any clock that never goes back. Answers that
 * number after one token was taken, or null when there was none to take (then nothing changes).
 */
export const takeToken = (fullAt: DurationMs, now: DurationMs): DurationMs | null => {
  const next = Math.max(fullAt, now) + MS_PER_TOKEN;
  return next - now > REFILL_MS ? null : next;
};

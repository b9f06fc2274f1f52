import { describe, expect, it } from 'vitest';
import { BURST, RATE_PER_SECOND, REFILL_MS, takeToken } from './rate-limit.ts';

/** How many of the tries at these instants are allowed. */
const allowed = (instants: readonly number[]): number => {
  let fullAt = 0;
  let count = 0;
  for (const now of instants) {
    const next = takeToken(fullAt, now);
    if (next === null) continue;
    fullAt = next;
    count += 1;
  }
  return count;
};

describe('takeToken', () => {
  it('allows a burst at once and no more', () => {
    expect(allowed(Array.from({ length: 100 }, () => 1_000))).toBe(BURST);
  });

  it('allows the rate for ever', () => {
    const tenMinutes = Array.from({ length: 600 * RATE_PER_SECOND }, (_, index) => (index * 1_000) / RATE_PER_SECOND);
    expect(allowed(tenMinutes)).toBe(tenMinutes.length);
  });

  it('allows the burst and then the rate to one who always tries', () => {
    const everyMs = Array.from({ length: 10_000 }, (_, ms) => ms);
    expect(allowed(everyMs)).toBe(BURST + 9_999 / (1_000 / RATE_PER_SECOND) - (9_999 % 200) / 200);
  });

  it('is full again after REFILL_MS', () => {
    const burst = Array.from({ length: BURST }, () => 0);
    expect(allowed([...burst, REFILL_MS - 1, ...burst.map(() => REFILL_MS)])).toBe(2 * BURST);
    expect(allowed([...burst, ...burst.map(() => REFILL_MS)])).toBe(2 * BURST);
  });
});

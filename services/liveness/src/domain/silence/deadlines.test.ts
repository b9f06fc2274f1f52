import { HOLD_EXTRA_MS_MAX } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { dueAfter, lateAfter } from './deadlines.ts';

describe('deadlines', () => {
  it.each([1, 2, 3, 4, 15_000, 60_001, 60_002, 60_003, 2_592_000_000])(
    'V5 of a ttl of %i ms, late is 3/4, to the millisecond',
    (ttl) => {
      const late = lateAfter(ttl);
      expect([4 * (late - 1) >= 3 * ttl, 4 * late >= 3 * ttl]).toEqual([false, true]);
    },
  );

  it('V5 a hold doubles a ttl, and adds an hour at most', () => {
    expect([dueAfter(15_000, false), dueAfter(15_000, true)]).toEqual([15_000, 30_000]);
    expect(dueAfter(HOLD_EXTRA_MS_MAX, true)).toBe(2 * HOLD_EXTRA_MS_MAX);
    expect(dueAfter(HOLD_EXTRA_MS_MAX + 1, true)).toBe(2 * HOLD_EXTRA_MS_MAX + 1);
  });
});

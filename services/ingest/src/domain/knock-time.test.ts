import { describe, expect, it } from 'vitest';
import { nextKnockAt } from './knock-time.ts';

describe('nextKnockAt', () => {
  it.each([
    ['the next whole second', 5_400, 5_000, 6_000],
    ['never now', 5_000, 4_000, 6_000],
    ['not the same second again when a timer fired early', 4_999, 5_000, 6_000],
    ['the next one when a knock took long', 9_100, 5_000, 10_000],
    ['from where a clock was set back to', 1_200, 90_000, 2_000],
  ])('T3 %s', (_, now, last, expected) => {
    expect(nextKnockAt(now, last)).toBe(expected);
  });
});

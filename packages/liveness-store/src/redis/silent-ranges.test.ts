import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemHeardAt } from '../conformance/samples.ts';
import { isHeld, isLate, silenceBounds, type SilenceState } from '../port/index.ts';
import { type OpenStretch, openAtOf } from './open-stretches.ts';
import { heldSpans, isWithin, lateSpans, silentSpans, scoreBounds } from './silent-ranges.ts';

const instant = fc.integer({ min: 0, max: 400 });

const stretches: fc.Arbitrary<readonly OpenStretch[]> = fc
  .uniqueArray(instant, { minLength: 1, maxLength: 6 })
  .chain((starts) =>
    fc.tuple(
      ...starts
        .toSorted((one, other) => one - other)
        .map((from) => fc.record({ from: fc.constant(from), origin: instant, open: fc.integer({ min: 0, max: 300 }) })),
    ),
  );

const state: fc.Arbitrary<SilenceState> = fc.record({
  proven: instant,
  openSince: instant,
  open: instant,
  hold: fc.constantFrom('none', 'on', 'released'),
});

describe('silent ranges', () => {
  it('V2 V5 hold exactly the since of systems that are late or held', () => {
    fc.assert(
      fc.property(stretches, state, instant, fc.integer({ min: 1, max: 200 }), (known, at, since, ttlMs) => {
        const openAt = openAtOf(known, since);
        fc.pre(openAt !== null);
        const row = systemHeardAt('pump', since, { ttlMs, openAt: openAt ?? 0 });
        const bounds = silenceBounds(at, ttlMs);
        expect(isWithin(lateSpans(bounds), since)).toBe(isLate(row, at));
        expect(isWithin(heldSpans(bounds, known), since)).toBe(isHeld(row, at));
        expect(isWithin(silentSpans(bounds, known), since)).toBe(isLate(row, at) || isHeld(row, at));
      }),
      { numRuns: 5_000 },
    );
  });

  it('G12 spans that touch are one, so that a partition of many closings is not asked many times', () => {
    const known = Array.from({ length: 1_000 }, (_, index) => ({
      from: index * 10,
      origin: index * 10 + 5,
      open: index * 5,
    }));
    const bounds = silenceBounds({ proven: 0, openSince: 0, open: 9_000, hold: 'on' }, 1_000);
    expect(heldSpans(bounds, known).length).toBeLessThanOrEqual(2);
  });

  it('spans count each system once', () => {
    fc.assert(
      fc.property(stretches, state, (known, at) => {
        const spans = silentSpans(silenceBounds(at, 20), known);
        for (const [index, span] of spans.entries()) {
          expect(span.from).toBeLessThanOrEqual(span.to);
          const before = spans[index - 1];
          if (before !== undefined) expect(span.from).toBeGreaterThan(before.to + 1);
        }
      }),
    );
  });

  it('are asked for with both ends included', () => {
    expect(scoreBounds({ from: 3, to: 5 })).toEqual([3, 5]);
    expect(scoreBounds({ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY })).toEqual(['-inf', '+inf']);
  });
});

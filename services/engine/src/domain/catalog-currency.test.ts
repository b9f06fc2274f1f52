import { describe, expect, it } from 'vitest';
import { type CatalogCurrency, type EndsLook, followCurrency, lackingMs, NEVER_CURRENT } from './catalog-currency.ts';

const look = (at: number, transitions: number, incidents = 0): EndsLook => ({
  at,
  proven: 1_000_000 + at,
  ends: new Map([
    ['transitions/0', transitions],
    ['incidents/0', incidents],
  ]),
});
const at = (transitions: number, incidents = 0): ReadonlyMap<string, number> =>
  new Map([
    ['transitions/0', transitions],
    ['incidents/0', incidents],
  ]);

/** One look after the other, each with where the catalog stood then. */
const follow = (
  steps: readonly (readonly [EndsLook | null, ReadonlyMap<string, number> | null])[],
): CatalogCurrency => {
  let currency = NEVER_CURRENT;
  for (const [seen, positions] of steps) currency = followCurrency(currency, { look: seen, positions });
  return currency;
};

describe('followCurrency', () => {
  it('G10 knows nothing before the catalog has reached the ends of a look', () => {
    expect(follow([[look(0, 5), at(4)]]).proven).toBeNull();
    expect(follow([[look(0, 5), at(5)]])).toEqual({ proven: 1_000_000, awaited: null });
  });

  it('takes a source of which nothing was read, and nothing is there, for reached', () => {
    expect(follow([[look(7, 0), new Map()]]).proven).toBe(1_000_007);
    expect(follow([[look(7, 1), new Map()]]).proven).toBeNull();
  });

  it('G10 does not move on while one source of many stands still, and counts from the first look it lacks', () => {
    const standing = follow([
      [look(0, 5, 2), at(5, 2)],
      [look(1_000, 5, 3), at(5, 2)],
      [look(2_000, 9, 3), at(9, 2)],
      [look(3_000, 9, 3), at(9, 2)],
    ]);
    expect(standing.proven).toBe(1_000_000);
    expect(lackingMs(standing, 3_500)).toBe(2_500);
  });

  it('moves on under a stream of records that never stands still: each look is reached by the next', () => {
    const moving = follow([
      [look(0, 5), at(4)],
      [look(1_000, 10), at(9)],
      [look(2_000, 15), at(14)],
    ]);
    expect(moving.proven).toBe(1_001_000);
    expect(lackingMs(moving, 2_000)).toBe(0);
  });

  it('G10 proves nothing new while the log does not say where it ends, and takes in what was awaited', () => {
    const awaiting = follow([
      [look(0, 5), at(5)],
      [look(1_000, 6), at(5)],
      [null, at(5)],
    ]);
    expect(awaiting.proven).toBe(1_000_000);
    expect(followCurrency(awaiting, { look: null, positions: at(6) })).toEqual({ proven: 1_001_000, awaited: null });
  });

  it('G10 takes a catalog that cannot be read for one that lacks everything', () => {
    const blind = follow([
      [look(0, 5), at(5)],
      [look(1_000, 5), null],
    ]);
    expect([blind.proven, lackingMs(blind, 2_000)]).toEqual([1_000_000, 1_000]);
  });

  it('follows a proven time that was set back', () => {
    const back = { ...look(1_000, 5), proven: 900_000 };
    expect(
      follow([
        [look(0, 5), at(5)],
        [back, at(5)],
      ]).proven,
    ).toBe(900_000);
  });
});

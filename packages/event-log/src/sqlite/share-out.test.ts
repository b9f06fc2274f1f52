import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOut } from './share-out.ts';

describe('shareOut', () => {
  it.each([
    ['a lone member owns everything', 3, [[]], [[0, 1, 2]]],
    [
      'a second member takes no more than it must',
      4,
      [[0, 1, 2, 3], []],
      [
        [0, 1],
        [2, 3],
      ],
    ],
    ['what one left goes to those who stay, who keep theirs', 4, [[2, 3]], [[2, 3, 0, 1]]],
    ['more members than partitions leaves some without', 1, [[0], []], [[0], []]],
  ])('%s', (_, partitions, current, expected) => {
    expect(shareOut(partitions, current)).toEqual(expected);
  });

  it('L5 every partition has exactly one owner and shares differ by one at most, through any joining and leaving', () => {
    const change = fc.oneof(fc.constant('join' as const), fc.nat({ max: 5 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(change, { maxLength: 20 }), (partitions, changes) => {
        let shares = shareOut(partitions, [[]]);
        for (const each of changes) {
          const left = each === 'join' ? [...shares, []] : shares.filter((_, i) => i !== each);
          shares = shareOut(partitions, left.length === 0 ? [[]] : left);
          const sizes = shares.map((share) => share.length);
          expect(shares.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: partitions }, (_, i) => i));
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  it('L5 nobody loses a partition while its share has room for it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 6 }), (partitions, members) => {
        const before = shareOut(
          partitions,
          Array.from({ length: members }, () => []),
        );
        const after = shareOut(partitions, [...before, []]);
        const moved = before.flatMap((owned, i) => owned.filter((each) => !after[i]?.includes(each)));
        expect(moved).toHaveLength(after.at(-1)?.length ?? -1);
      }),
    );
  });
});

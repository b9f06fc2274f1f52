import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOut, type Claim } from './share-out.ts';

const PARTITIONS_MAX = 24;

const claimsOf = (shares: ReadonlyMap<string, readonly number[]>): readonly Claim[] =>
  [...shares].map(([memberId, partitions]) => ({ memberId, partitions }));

/** Members that may claim anything: what another has too, what does not exist, the same twice. */
const anyClaims = fc.uniqueArray(
  fc.record({
    memberId: fc.string({ minLength: 1, maxLength: 4 }),
    partitions: fc.array(fc.integer({ min: -2, max: PARTITIONS_MAX + 2 }), { maxLength: PARTITIONS_MAX }),
  }),
  { selector: ({ memberId }) => memberId, minLength: 1, maxLength: 6 },
);

const anyPartitions = fc.integer({ min: 1, max: PARTITIONS_MAX });

describe('sharing out partitions', () => {
  it('L5 every partition is with exactly one member, and numbers differ by one at most', () => {
    fc.assert(
      fc.property(anyPartitions, anyClaims, (partitions, claims) => {
        const shares = [...shareOut(partitions, claims).values()];
        const given = shares.flat().toSorted((a, b) => a - b);
        expect(given).toEqual(Array.from({ length: partitions }, (_, partition) => partition));
        const sizes = shares.map((share) => share.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('L5 every leader comes to the same result, in whatever order it knows the members', () => {
    fc.assert(
      fc.property(anyPartitions, anyClaims, fc.gen(), (partitions, claims, gen) => {
        const others = gen(fc.shuffledSubarray, claims, { minLength: claims.length });
        const inOrder = (shares: ReadonlyMap<string, readonly number[]>): readonly unknown[] =>
          [...shares].toSorted(([a], [b]) => (a < b ? -1 : 1));
        expect(inOrder(shareOut(partitions, others))).toEqual(inOrder(shareOut(partitions, claims)));
      }),
    );
  });

  it('L5 nothing moves when the members stay', () => {
    fc.assert(
      fc.property(anyPartitions, anyClaims, (partitions, claims) => {
        const shares = shareOut(partitions, claims);
        expect(shareOut(partitions, claimsOf(shares))).toEqual(shares);
      }),
    );
  });

  it('L5 a member that comes takes its share, and nobody else gains', () => {
    const before = shareOut(12, [
      { memberId: 'a', partitions: [] },
      { memberId: 'b', partitions: [] },
    ]);
    const after = shareOut(12, [...claimsOf(before), { memberId: 'c', partitions: [] }]);
    expect(after.get('c')).toHaveLength(4);
    for (const member of ['a', 'b']) {
      expect(after.get(member)).toHaveLength(4);
      expect(before.get(member)).toEqual(expect.arrayContaining([...(after.get(member) ?? [])]));
    }
  });

  it('L5 a member that goes leaves what the others had with them', () => {
    const three = claimsOf(
      shareOut(
        12,
        ['a', 'b', 'c'].map((memberId) => ({ memberId, partitions: [] })),
      ),
    );
    const two = shareOut(12, three.slice(0, 2));
    for (const { memberId, partitions } of three.slice(0, 2)) {
      expect(two.get(memberId)).toEqual(expect.arrayContaining([...partitions]));
    }
  });
});

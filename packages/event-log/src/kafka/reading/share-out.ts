/** What a member of a group has now; nothing for one that has just come. */
export interface Claim {
  readonly memberId: string;
  readonly partitions: readonly number[];
}

/**
 * Shares a topic's partitions among the members of a group: every partition is with exactly one member, numbers differ
 * by one at most, and whoever has a partition keeps it within its share, so that nothing moves that need not. The order
 * of the claims does not matter: every leader comes to the same result.
 */
export const shareOut = (partitions: number, claims: readonly Claim[]): ReadonlyMap<string, readonly number[]> => {
  // Those with most keep what is left over, so that the fewest move; ids decide between equals.
  const members = claims.toSorted(
    (a, b) => b.partitions.length - a.partitions.length || (a.memberId < b.memberId ? -1 : 1),
  );
  const free = new Set(Array.from({ length: partitions }, (_, partition) => partition));
  const kept = members.map(({ partitions: claimed }, i) =>
    keep(claimed, free, shareSize(partitions, members.length, i)),
  );
  return new Map(
    members.map(({ memberId }, i) => {
      const own = kept[i] ?? [];
      const more = take(free, shareSize(partitions, members.length, i) - own.length);
      return [memberId, [...own, ...more].toSorted((a, b) => a - b)];
    }),
  );
};

const shareSize = (partitions: number, members: number, place: number): number =>
  Math.floor((partitions + members - 1 - place) / members);

/** Of what is claimed, as much as there is room for and nobody else has. */
const keep = (claimed: readonly number[], free: Set<number>, room: number): readonly number[] => {
  const own = claimed.toSorted((a, b) => a - b).filter((partition) => free.has(partition));
  const kept = [...new Set(own)].slice(0, room);
  for (const partition of kept) free.delete(partition);
  return kept;
};

const take = (free: Set<number>, count: number): readonly number[] => {
  const taken = [...free].slice(0, count);
  for (const partition of taken) free.delete(partition);
  return taken;
};

/** What one member of a group owns, in the order in which the members joined. */
export type Shares = readonly (readonly number[])[];

/** How many partitions each member gets: as equal as possible, those who joined first take what is left over. */
const sizes = (partitions: number, members: number): readonly number[] =>
  Array.from({ length: members }, (_, i) => Math.floor((partitions + members - 1 - i) / members));

/**
 * Shares a topic's partitions among the members of a group: every partition is with exactly one member, numbers differ by one at
 * most, and whoever has a partition keeps it within its share, so that nothing moves that need not. `current` is what each member
 * has now; partitions nobody has go to whoever has room.
 */
export const shareOut = (partitions: number, current: Shares): Shares => {
  const room = sizes(partitions, current.length);
  const kept = current.map((owned, i) => owned.slice(0, room[i] ?? 0));
  const taken = new Set(kept.flat());
  const free = Array.from({ length: partitions }, (_, partition) => partition).filter((each) => !taken.has(each));
  return kept.map((owned, i) => [...owned, ...free.splice(0, (room[i] ?? 0) - owned.length)]);
};

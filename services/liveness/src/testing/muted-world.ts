import type { StoredPartition } from './reference-partition.ts';
import { createReferenceFold } from './reference-fold.ts';
import type { World } from './fold-worlds.ts';
import { createSeededRandom } from './seeded-random.ts';

/**
 * The world from its middle on, and what is known there: some systems are muted for a while, as they are after a
 * rebuild, where no other world has any.
 */
export const muteHalfway = ({ seed, records }: World): { readonly start: StoredPartition; readonly rest: World } => {
  const random = createSeededRandom(seed);
  const middle = Math.floor(records.length / 2);
  const reference = createReferenceFold(0);
  for (const record of records.slice(0, middle)) reference.fold(record);
  const state = reference.state();
  const mute = (): number => (random.chance(0.7) ? state.position + random.whole(-10, 200) : -1);
  const systems = reference.rows().map((row) => ({ ...row, mutedTo: mute() }));
  return { start: { state, systems }, rest: { seed, records: records.slice(middle) } };
};

import type { SystemRow } from '@earshot/contracts';
import type { LateSystem, PartitionView, StoredPartition, SystemPage } from '../port/index.ts';
import { type Columns, integerOf } from './columns.ts';
import { parsePublication, parseSystem, parseView } from './parse-stored.ts';
import type { Projection } from './projection.ts';
import { countSilent, listSilent } from './read-late.ts';
import { SLICE_ROWS, type Slices } from './slices.ts';

/** All of these belong into a transaction, so that what they read is of one position. */

/** The partition's row; null if it is missing or being rewritten. */
const findStored = (projection: Projection, partition: number): Columns | null => {
  const columns = projection.findPartition.get(partition);
  return columns === undefined || columns['position'] === null ? null : columns;
};

export const readStored = function* (projection: Projection, partition: number): Slices<StoredPartition | null> {
  const found = findStored(projection, partition);
  if (found === null) return null;
  const systems: SystemRow[] = [];
  for (const columns of projection.systems(partition).all.iterate()) {
    systems.push(parseSystem(columns));
    if (systems.length % SLICE_ROWS === 0) yield;
  }
  const outbox = projection.listOffers.all(partition).map(parsePublication);
  return { state: parseView(found).state, systems, outbox };
};

export const readViews = function* (projection: Projection): Slices<readonly PartitionView[]> {
  const views: PartitionView[] = [];
  for (const columns of projection.listPartitions.all()) {
    const view = parseView(columns);
    views.push({ ...view, ...countSilent(projection.systems(view.partition), view.state) });
    yield;
  }
  return views;
};

export const readByIds = (
  projection: Projection,
  partition: number,
  systemIds: readonly string[],
): readonly SystemRow[] => {
  if (findStored(projection, partition) === null) return [];
  return projection.systems(partition).byIds.all(JSON.stringify(systemIds)).map(parseSystem);
};

export const readSilent = (projection: Projection, partition: number): readonly LateSystem[] => {
  const found = findStored(projection, partition);
  return found === null ? [] : listSilent(projection.systems(partition), parseView(found).state);
};

/** Pages in order of the table's row, so that the cursor is the last row answered. */
export const readPage = (
  projection: Projection,
  partition: number,
  from: { readonly afterRow: number; readonly limit: number },
): SystemPage => {
  if (findStored(projection, partition) === null) return { rows: [], cursor: null };
  const found = projection.systems(partition).page.all(from.afterRow, from.limit);
  const last = found.at(-1);
  const isFull = last !== undefined && found.length === from.limit;
  return { rows: found.map(parseSystem), cursor: isFull ? String(integerOf(last, 'row')) : null };
};

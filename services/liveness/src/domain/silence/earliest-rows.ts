import type { SilenceList } from './silence-list.ts';
import { NONE, type Row, type SystemTable } from '../systems/system-table.ts';

/**
 * The first systems of these lists: as many as have the `since` of their list's head, of which all lists have the
 * same. If those are more than `limit`, the ones lowest by system_id: which systems are judged first must not depend
 * on how the lists came to be, or two owners would disagree (S1). In no particular order.
 *
 * Walks the equals; of a sorted list no more than `limit`.
 */
export const earliestRows = (systems: SystemTable, lists: readonly SilenceList[], limit: number): readonly Row[] => {
  let lowest: Row[] = [];
  let highestId: string | null = null;
  for (const row of equalRows(systems, lists, limit)) {
    if (highestId !== null && systems.id(row) > highestId) continue;
    lowest.push(row);
    if (lowest.length < 2 * limit) continue;
    lowest = lowestBySystemId(systems, lowest, limit);
    highestId = systems.id(lowest.at(-1) ?? row);
  }
  return lowest.length <= limit ? lowest : lowestBySystemId(systems, lowest, limit);
};

/** Order of system_ids by UTF-16 code units, the same on every machine. */
export const bySystemId = (systems: SystemTable, a: Row, b: Row): number => (systems.id(a) < systems.id(b) ? -1 : 1);

const lowestBySystemId = (systems: SystemTable, rows: readonly Row[], count: number): Row[] =>
  rows.toSorted((a, b) => bySystemId(systems, a, b)).slice(0, count);

const equalRows = function* (systems: SystemTable, lists: readonly SilenceList[], limit: number): Generator<Row> {
  for (const list of lists) {
    const since = systems.since(list.head);
    let left = list.kind.isSorted ? limit : list.size;
    for (let row = list.head; row !== NONE && systems.since(row) === since && left > 0; row = systems.next(row)) {
      left -= 1;
      yield row;
    }
  }
};

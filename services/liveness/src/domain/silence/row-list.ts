import { NONE, type Row, type SystemTable } from '../systems/system-table.ts';

/**
 * Rows in the order they were appended, linked through the rows themselves: appending and taking out of the middle
 * cost the same few writes however long the list is. A row is in at most one list.
 */
export interface RowList {
  head: Row;
  tail: Row;
  size: number;
}

export const appendRow = (systems: SystemTable, list: RowList, row: Row): void => {
  systems.setPrevious(row, list.tail);
  systems.setNext(row, NONE);
  if (list.tail === NONE) list.head = row;
  else systems.setNext(list.tail, row);
  list.tail = row;
  list.size += 1;
};

/** Takes out a row that is in this list. */
export const removeRow = (systems: SystemTable, list: RowList, row: Row): void => {
  const previous = systems.previous(row);
  const next = systems.next(row);
  if (previous === NONE) list.head = next;
  else systems.setNext(previous, next);
  if (next === NONE) list.tail = previous;
  else systems.setPrevious(next, previous);
  list.size -= 1;
};

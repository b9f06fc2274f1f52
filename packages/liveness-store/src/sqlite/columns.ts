import type { SQLOutputValue } from 'node:sqlite';
import { UnreadableProjectionError } from './sqlite-errors.ts';

/** One row of an answer, by column name. */
export type Columns = Readonly<Record<string, SQLOutputValue>>;

const unreadable = (name: string, value: SQLOutputValue | undefined): UnreadableProjectionError =>
  new UnreadableProjectionError(`column ${name} holds ${value === null ? 'null' : typeof value}`);

/** The column's whole number. This and its neighbours throw UnreadableProjectionError for anything else. */
export const integerOf = (columns: Columns, name: string): number => {
  const value = columns[name];
  if (typeof value !== 'number') throw unreadable(name, value);
  return value;
};

export const integerOrNullOf = (columns: Columns, name: string): number | null =>
  columns[name] === null ? null : integerOf(columns, name);

export const textOf = (columns: Columns, name: string): string => {
  const value = columns[name];
  if (typeof value !== 'string') throw unreadable(name, value);
  return value;
};

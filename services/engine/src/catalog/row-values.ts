import { CatalogError } from '../application/catalog-error.ts';
import type { Row } from './database.ts';

/**
 * Values of a stored row. The tables are written by this folder only: a value of another kind is a broken file (or a mistake), and
 * throws as one.
 */
export const misfit = (column: string, value: unknown): CatalogError =>
  new CatalogError('EARSHOT_CATALOG_BROKEN', `${column} holds a ${typeof value} that does not belong there`);

export const textOf = (row: Row, column: string): string => {
  const value = row[column];
  if (typeof value !== 'string') throw misfit(column, value);
  return value;
};

export const textOrNullOf = (row: Row, column: string): string | null =>
  row[column] === null ? null : textOf(row, column);

export const integerOf = (row: Row, column: string): number => {
  const value = row[column];
  if (typeof value !== 'number') throw misfit(column, value);
  return value;
};

export const integerOrNullOf = (row: Row, column: string): number | null =>
  row[column] === null ? null : integerOf(row, column);

/** The value of a JSON text; what it is a value of, its caller knows who wrote it. */
export const jsonOf = (row: Row, column: string): unknown => {
  try {
    return JSON.parse(textOf(row, column));
  } catch (error) {
    throw error instanceof SyntaxError ? misfit(column, row[column]) : error;
  }
};

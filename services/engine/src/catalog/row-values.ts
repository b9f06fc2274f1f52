import type { Row } from './database.ts';

/**
 * Values of a stored row. The tables are written by this folder only: a value of another type is a broken file or a mistake, and
 * throws.
 */
export class CatalogRowError extends Error {
  override readonly name = 'CatalogRowError';
  readonly code = 'EARSHOT_CATALOG_ROW';

  constructor(column: string, value: unknown) {
    super(`catalog: ${column} holds ${typeof value}`);
  }
}

export const textOf = (row: Row, column: string): string => {
  const value = row[column];
  if (typeof value !== 'string') throw new CatalogRowError(column, value);
  return value;
};

export const textOrNullOf = (row: Row, column: string): string | null =>
  row[column] === null ? null : textOf(row, column);

export const integerOf = (row: Row, column: string): number => {
  const value = row[column];
  if (typeof value !== 'number') throw new CatalogRowError(column, value);
  return value;
};

export const integerOrNullOf = (row: Row, column: string): number | null =>
  row[column] === null ? null : integerOf(row, column);

import { CatalogError } from '../application/catalog-error.ts';

/** SQLite's result codes: the low byte of an extended one. */
const PRIMARY_CODE_MASK = 0xff;
const [BUSY, LOCKED, READONLY, IO_ERROR, CORRUPT, FULL, CANNOT_OPEN, NOT_A_DATABASE] = [5, 6, 8, 10, 11, 13, 14, 26];
const UNAVAILABLE: ReadonlySet<number> = new Set([BUSY, LOCKED, READONLY, IO_ERROR, FULL, CANNOT_OPEN]);
const BROKEN: ReadonlySet<number> = new Set([CORRUPT, NOT_A_DATABASE]);
/** Reading failed (READ, SHORT_READ, DATA, CORRUPTFS): unlike writing, which waits for room, that will not pass. */
const BROKEN_READS: ReadonlySet<number> = new Set([266, 522, 8_202, 8_458]);
/** A file that was cut to nothing under our hands is an empty database. */
const TABLE_GONE = /^no such table/;

const codeOf = (error: unknown): number | null =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null;

const isBroken = (error: Error, code: number): boolean =>
  BROKEN.has(code & PRIMARY_CODE_MASK) || BROKEN_READS.has(code) || TABLE_GONE.test(error.message);

/** What SQLite threw, as an error of the catalog; a programmer's error stays what it is. */
export const toCatalogFailure = (error: unknown): unknown => {
  const code = codeOf(error);
  if (code === null || !(error instanceof Error)) return error;
  const options = { cause: error };
  if (isBroken(error, code)) return new CatalogError('EARSHOT_CATALOG_BROKEN', 'the catalog is broken', options);
  return UNAVAILABLE.has(code & PRIMARY_CODE_MASK)
    ? new CatalogError('EARSHOT_CATALOG_UNAVAILABLE', 'the catalog cannot be used now', options)
    : error;
};

/** Whether nothing but filling the catalog anew can help. */
export const isBrokenCatalog = (error: unknown): boolean =>
  error instanceof CatalogError && error.code === 'EARSHOT_CATALOG_BROKEN';

/** What can go wrong with the catalog. A closed list; each says what the caller may do. */
export type CatalogErrorCode =
  /** It cannot be read or written now: another process holds it, or its disk is full. Trying again later may do. */
  | 'EARSHOT_CATALOG_UNAVAILABLE'
  /** What is in it cannot be read any more. It has to be emptied and filled anew; nothing else helps. */
  | 'EARSHOT_CATALOG_BROKEN'
  /** Not everything is in yet, so that it cannot say that something does not exist. */
  | 'EARSHOT_CATALOG_FILLING';

/** An operating error of the catalog. */
export class CatalogError extends Error {
  override readonly name: string = 'CatalogError';
  readonly code: CatalogErrorCode;

  constructor(code: CatalogErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}

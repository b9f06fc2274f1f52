export type LivenessStoreErrorCode =
  /**
   * No answer, or a refusal that may pass (disk full, connection lost, out of memory). Whether a commit landed is
   * unknown.
   */
  | 'EARSHOT_STORE_UNAVAILABLE'
  /** What is stored cannot be read: treat it as lost. */
  | 'EARSHOT_STORE_CORRUPT'
  /** What is stored belongs to another log. Somebody must decide: bring that log back, or remove the projection. */
  | 'EARSHOT_STORE_OTHER_LOG'
  /** The store is set up in a way that would break a guarantee. Says what to do. */
  | 'EARSHOT_STORE_MISCONFIGURED'
  /** Closed by us. */
  | 'EARSHOT_STORE_CLOSED';

/** An operating error of the projection. */
export class LivenessStoreError extends Error {
  override readonly name = 'LivenessStoreError';
  readonly code: LivenessStoreErrorCode;

  constructor(code: LivenessStoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

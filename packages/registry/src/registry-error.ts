export type RegistryErrorCode =
  /** The table has not come as far in the log as was asked for. It may yet. */
  | 'EARSHOT_REGISTRY_BEHIND'
  /** The log or the projection gave no answer within the time stated. */
  | 'EARSHOT_REGISTRY_NO_ANSWER'
  /** The log ends before what was already read of it: it is another log, or an older copy. The table is read anew. */
  | 'EARSHOT_REGISTRY_OTHER_LOG'
  /** An entry that a first start needs could not be made. */
  | 'EARSHOT_REGISTRY_NOT_MADE';

/** An operating error of the registry. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

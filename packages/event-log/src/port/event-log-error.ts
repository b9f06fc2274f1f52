/** What can go wrong with the log. A closed list; each says what the caller may do. */
export type EventLogErrorCode =
  /** No room left; the log stays usable for reading and recovers when there is room. */
  | 'EARSHOT_LOG_FULL'
  /** The log, or this partition of it, cannot take or give records now. */
  | 'EARSHOT_LOG_UNAVAILABLE'
  /** No answer within the stated time. */
  | 'EARSHOT_LOG_TIMEOUT'
  /** Larger than the log takes; the same record will never be accepted. */
  | 'EARSHOT_LOG_RECORD_TOO_LARGE'
  /** The position asked for is no longer retained; `oldest` is the first that is. */
  | 'EARSHOT_LOG_POSITION_EXPIRED'
  /** The position asked for is beyond the end: this is another log. */
  | 'EARSHOT_LOG_POSITION_BEYOND_END'
  /** The topic or partition does not exist. */
  | 'EARSHOT_LOG_UNKNOWN_TOPIC'
  /** The topic exists with settings that would break a guarantee. Says what to do. */
  | 'EARSHOT_LOG_TOPIC_MISMATCH'
  /** Another process owns this log's file; positions and the clock belong to one owner. */
  | 'EARSHOT_LOG_IN_USE'
  /** Closed by us. */
  | 'EARSHOT_LOG_CLOSED'
  /** A handler threw: delivery of its partition has stopped. */
  | 'EARSHOT_LOG_HANDLER_FAILED';

export interface EventLogErrorOptions {
  readonly cause?: unknown;
  /** True where the records may be in the log after all. */
  readonly mayHaveLanded?: boolean;
  /** First position still retained (EARSHOT_LOG_POSITION_EXPIRED). */
  readonly oldest?: number;
  /** Position after the last record (EARSHOT_LOG_POSITION_BEYOND_END). */
  readonly end?: number;
}

/** An operating error of the log. */
export class EventLogError extends Error {
  override readonly name = 'EventLogError';
  readonly code: EventLogErrorCode;
  readonly mayHaveLanded: boolean;
  readonly oldest: number | undefined;
  readonly end: number | undefined;

  constructor(code: EventLogErrorCode, message: string, options: EventLogErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.mayHaveLanded = options.mayHaveLanded ?? false;
    this.oldest = options.oldest;
    this.end = options.end;
  }
}

import { EventLogError, type EventLogErrorCode } from '../../port/index.ts';

/** What the client library says about a failure, from the innermost error that says anything. */
export interface KafkaFault {
  /** The broker's word, `NOT_LEADER_FOR_PARTITION`. */
  readonly type: string | null;
  readonly name: string;
  readonly message: string;
}

const CODE_OF_TYPE: ReadonlyMap<string, EventLogErrorCode> = new Map([
  ['MESSAGE_TOO_LARGE', 'EARSHOT_LOG_RECORD_TOO_LARGE'],
  ['RECORD_LIST_TOO_LARGE', 'EARSHOT_LOG_RECORD_TOO_LARGE'],
  ['UNKNOWN_TOPIC_OR_PARTITION', 'EARSHOT_LOG_UNKNOWN_TOPIC'],
  ['INVALID_TOPIC_EXCEPTION', 'EARSHOT_LOG_UNKNOWN_TOPIC'],
  ['REQUEST_TIMED_OUT', 'EARSHOT_LOG_TIMEOUT'],
  ['INVALID_CONFIG', 'EARSHOT_LOG_TOPIC_MISMATCH'],
  ['INVALID_PARTITIONS', 'EARSHOT_LOG_TOPIC_MISMATCH'],
  ['INVALID_REPLICATION_FACTOR', 'EARSHOT_LOG_TOPIC_MISMATCH'],
  ['POLICY_VIOLATION', 'EARSHOT_LOG_TOPIC_MISMATCH'],
]);

/** A broker's answers that prove that it has not written the records of a request to one partition. */
const REFUSALS: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'NOT_LEADER_FOR_PARTITION',
  'NOT_ENOUGH_REPLICAS',
  'TOPIC_AUTHORIZATION_FAILED',
  'INVALID_TOPIC_EXCEPTION',
]);

/** The outer errors of the library say that it gave up; only the innermost says why. */
export const faultOf = (error: unknown): KafkaFault => {
  if (!(error instanceof Error)) return { type: null, name: typeof error, message: String(error) };
  const inner = innerOf(error);
  if (inner !== null) return faultOf(inner);
  const type = 'type' in error && typeof error.type === 'string' ? error.type : null;
  return { type, name: error.name, message: error.message };
};

const innerOf = (error: Error): Error | null => {
  if (error.cause instanceof Error) return error.cause;
  const [first] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  return first instanceof Error ? first : null;
};

const codeOf = ({ type, name }: KafkaFault): EventLogErrorCode => {
  if (name === 'KafkaJSRequestTimeoutError') return 'EARSHOT_LOG_TIMEOUT';
  return CODE_OF_TYPE.get(type ?? '') ?? 'EARSHOT_LOG_UNAVAILABLE';
};

/**
 * The failure as the port's error; one that is already stays as it is. `what` begins the message: "The records were not
 * taken".
 */
export const toEventLogError = (error: unknown, what: string, mayHaveLanded = false): EventLogError => {
  if (error instanceof EventLogError) return error;
  const fault = faultOf(error);
  const because = fault.type === null ? fault.message : `${fault.type}: ${fault.message}`;
  return new EventLogError(codeOf(fault), `${what}: ${because}`, { cause: error, mayHaveLanded });
};

/** Whether a failed send to one partition is known to have left nothing in the log. */
export const isRefusal = (error: unknown): boolean => REFUSALS.has(faultOf(error).type ?? '');

import { EventLogError, type EventLogErrorCode } from '../port/index.ts';

/** Primary result codes of SQLite, the low byte of `errcode`. */
const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;
const PRIMARY_CODE_MASK = 0xff;

interface SystemFault {
  /** SQLite's extended result code. */
  readonly errcode?: number;
  /** The system's error name. */
  readonly code?: string;
}

const parseFault = (error: unknown): SystemFault => (error ?? {}) as SystemFault;

const primaryCode = (error: unknown): number => (parseFault(error).errcode ?? 0) & PRIMARY_CODE_MASK;

/** True where SQLite or the file system said that there is no room. */
export const isFull = (error: unknown): boolean =>
  primaryCode(error) === SQLITE_FULL || parseFault(error).code === 'ENOSPC';

/** True where somebody else holds the lock asked for. */
export const isBusy = (error: unknown): boolean => primaryCode(error) === SQLITE_BUSY;

/** What happened in the words of whoever noticed, with SQLite's number, which says more than its words. */
const describeFault = (error: unknown): string => {
  const words = error instanceof Error ? error.message : String(error);
  const { errcode } = parseFault(error);
  return errcode === undefined ? words : `${words} (SQLite result code ${errcode})`;
};

/** An operating error as it crosses from the writer's thread. */
export interface WriterFailure {
  readonly code: EventLogErrorCode;
  readonly message: string;
  readonly mayHaveLanded: boolean;
}

/** What an error of SQLite means to the caller. Whatever is not about room is `UNAVAILABLE`: it may pass. */
export const failureOf = (error: unknown, mayHaveLanded: boolean): WriterFailure => {
  if (error instanceof EventLogError) {
    return { code: error.code, message: error.message, mayHaveLanded: error.mayHaveLanded };
  }
  const code = isFull(error) ? 'EARSHOT_LOG_FULL' : 'EARSHOT_LOG_UNAVAILABLE';
  return { code, message: `The log's file could not be used: ${describeFault(error)}.`, mayHaveLanded };
};

/** The error that the log's caller sees. */
export const errorOf = (failure: WriterFailure, cause?: unknown): EventLogError =>
  new EventLogError(failure.code, failure.message, { mayHaveLanded: failure.mayHaveLanded, cause });

/** Any error as one of the log's own; its own stay as they are. */
export const toEventLogError = (error: unknown, mayHaveLanded = false): EventLogError =>
  error instanceof EventLogError ? error : errorOf(failureOf(error, mayHaveLanded), error);

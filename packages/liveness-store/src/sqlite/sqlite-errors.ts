import { LivenessStoreError } from '../port/index.ts';

/** What is stored cannot be read as what we store. */
export class UnreadableProjectionError extends Error {
  override readonly name = 'UnreadableProjectionError';
}

/** Primary result codes of SQLite. */
const BUSY = 5;
const LOCKED = 6;
const OUT_OF_MEMORY = 7;
const READ_ONLY = 8;
const IO_ERROR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANNOT_OPEN = 14;
const PROTOCOL = 15;
const NOT_A_DATABASE = 26;

/** May pass by itself: the disk gets room, the lock is given back. */
const PASSING: readonly number[] = [BUSY, LOCKED, OUT_OF_MEMORY, IO_ERROR, FULL, PROTOCOL];
/** May pass, but while starting they mean that the path is wrong. */
const ACCESS: readonly number[] = [READ_ONLY, CANNOT_OPEN];

/** SQLite's primary result code, without the details in the higher bits; null if SQLite did not make the error. */
const resultCode = (error: unknown): number | null =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null;

const isOneOf = (codes: readonly number[], error: unknown): boolean => {
  const code = resultCode(error);
  return code !== null && codes.includes(code);
};

/** An error of the operating system, `ENOSPC` and the like. */
const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

export const isBusy = (error: unknown): boolean => isOneOf([BUSY, LOCKED], error);

export const isUnreadable = (error: unknown): boolean =>
  error instanceof UnreadableProjectionError || isOneOf([CORRUPT, NOT_A_DATABASE], error);

/** True for what waiting may cure, so that a store may begin its work with it. */
export const mayPass = (error: unknown): boolean =>
  isOneOf(PASSING, error) ||
  (isSystemError(error) && error instanceof Error && 'code' in error && error.code === 'ENOSPC');

/** The port's error for an operating error; anything else is a programmer's and comes back as it is. */
export const toStoreError = (error: unknown): unknown => {
  if (error instanceof LivenessStoreError) return error;
  const text = error instanceof Error ? error.message : '';
  if (isUnreadable(error)) {
    return new LivenessStoreError('EARSHOT_STORE_CORRUPT', `the projection cannot be read: ${text}`, error);
  }
  if (isOneOf([...PASSING, ...ACCESS], error) || isSystemError(error)) {
    return new LivenessStoreError('EARSHOT_STORE_UNAVAILABLE', `the projection does not answer: ${text}`, error);
  }
  return error;
};

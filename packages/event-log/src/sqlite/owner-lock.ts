import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EventLogError } from '../port/index.ts';
import { isBusy, toEventLogError } from './sqlite-failure.ts';

export interface OwnerLock {
  /** Another process may own the log from now on. Releasing twice is fine. */
  release(): void;
}

const lockPathOf = (path: string): string => {
  const whole = resolve(path);
  return `${join(realpathSync(dirname(whole)), basename(whole))}.lock`;
};

const acquire = (lock: DatabaseSync): void => {
  lock.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
};

/**
 * Makes this log object the only owner of the file, in this process and among all others on the machine: positions and the log's
 * clock belong to one. Throws EARSHOT_LOG_IN_USE if there is one already. The lock is the kernel's (an exclusive lock SQLite
 * holds on the empty file `<path>.lock`), so that it ends with the process, however that ends; the file stays.
 */
export const lockOwner = (path: string): OwnerLock => {
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(lockPathOf(path));
    acquire(lock);
  } catch (error) {
    lock?.close();
    if (!isBusy(error)) throw toEventLogError(error);
    throw new EventLogError(
      'EARSHOT_LOG_IN_USE',
      `${path} is in use by another log: stop the Earshot process that has it, or give this one a data directory of its own.`,
      { cause: error },
    );
  }
  const held = lock;
  return {
    release: () => {
      if (held.isOpen) held.close();
    },
  };
};

import { setTimeout as delay } from 'node:timers/promises';
import { LivenessStoreError } from '../port/index.ts';
import { createProjection, type Projection } from './projection.ts';
import type { ProjectionFile } from './projection-file.ts';
import { createSerialQueue } from './serial-queue.ts';
import { isBusy, isUnreadable, toStoreError } from './sqlite-errors.ts';

/**
 * What is done in one transaction; it may let the event loop turn, as nothing else runs on the connection meanwhile.
 */
type Work<T> = (projection: Projection) => T | Promise<T>;

/**
 * Transactions on the projection, one after the other. Rejects with LivenessStoreError; a projection that cannot be
 * read is set aside and the work done once more, on the empty one.
 */
export interface ProjectionAccess {
  /** Opens the projection now. Throws the errors of SQLite and the operating system. */
  open(): void;
  read<T>(work: Work<T>): Promise<T>;
  write<T>(work: Work<T>): Promise<T>;
  /** Waits for work under way and refuses what comes later. */
  close(): Promise<void>;
}

/** Raised: a foreign commit is noticed later. Lowered: more tries. */
const LOCK_RETRY_MS = 5;

/** Tries again while another connection holds the lock. */
const waitForLock = async <T>(waitMs: number, attempt: () => Promise<T>): Promise<T> => {
  for (let waitedMs = 0; ; waitedMs += LOCK_RETRY_MS) {
    try {
      return await attempt();
    } catch (error) {
      if (!isBusy(error) || waitedMs >= waitMs) throw error;
    }
    // Waiting inside SQLite would stop the event loop, and with it the commit waited for if that is of this process.
    await delay(LOCK_RETRY_MS);
  }
};

/** The transaction is over either way; where it cannot even be ended, the connection is. */
const rollBack = (projection: Projection, file: ProjectionFile): void => {
  // SQLite may have ended it itself, as it does when the disk is full.
  if (!projection.database.isTransaction) return;
  try {
    projection.database.exec('ROLLBACK');
  } catch {
    file.close();
  }
};

export const createProjectionAccess = (file: ProjectionFile, lockWaitMs: number): ProjectionAccess => {
  const queue = createSerialQueue();
  let projection: Projection | null = null;
  let isClosed = false;

  const current = (): Projection => {
    const database = file.database();
    if (projection?.database !== database) projection = createProjection(database);
    return projection;
  };
  const inTransaction = async <T>(begin: string, work: Work<T>): Promise<T> => {
    const stored = current();
    stored.database.exec(begin);
    try {
      const result = await work(stored);
      stored.database.exec('COMMIT');
      return result;
    } catch (error) {
      rollBack(stored, file);
      throw error;
    }
  };
  const attempt = <T>(begin: string, work: Work<T>): Promise<T> =>
    waitForLock(lockWaitMs, () => inTransaction(begin, work));
  const attemptOnReadable = async <T>(begin: string, work: Work<T>): Promise<T> => {
    try {
      return await attempt(begin, work);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      file.giveUp(error);
      return attempt(begin, work);
    }
  };
  const run = <T>(begin: string, work: Work<T>): Promise<T> =>
    queue.run(async () => {
      if (isClosed) throw new LivenessStoreError('EARSHOT_STORE_CLOSED', 'the projection has been closed');
      try {
        return await attemptOnReadable(begin, work);
      } catch (error) {
        throw toStoreError(error);
      }
    });

  return {
    open: () => {
      current();
    },
    read: (work) => run('BEGIN', work),
    write: (work) => run('BEGIN IMMEDIATE', work),
    close: () =>
      queue.run(async () => {
        isClosed = true;
        file.close();
      }),
  };
};

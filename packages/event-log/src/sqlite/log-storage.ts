import type { DatabaseSync } from 'node:sqlite';
import { openReadingDatabase } from './database.ts';
import type { SqliteEventLogSettings } from './options.ts';
import { lockOwner } from './owner-lock.ts';
import { toEventLogError } from './sqlite-failure.ts';
import { openThreadedWriter } from './threaded-writer.ts';
import { openMemoryWriter, type Writer } from './writer.ts';

/** What is open while a log is: one writer and one connection for reading. */
export interface LogStorage {
  readonly writer: Writer;
  readonly reading: DatabaseSync;
  /** Closes everything and gives the file free; within `withinMs` even if the disk hangs. */
  close(withinMs: number): Promise<void>;
}

/** A lock is waited for twice as long as callers wait, so that what timed out may land late and never twice. */
const BUSY_PER_DEADLINE = 2;

const openMemory = (settings: SqliteEventLogSettings): LogStorage => {
  const { writer, database } = openMemoryWriter(settings.fileBytesMax);
  return { writer, reading: database, close: () => writer.close() };
};

/** True when the work has come to its end, well or not; false if it has not after the time given. */
const isDoneWithin = async (work: Promise<void>, ms: number): Promise<boolean> => {
  const { promise: over, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  try {
    const ended = work.then(
      () => true,
      () => true,
    );
    return await Promise.race([ended, over]);
  } finally {
    clearTimeout(timer);
  }
};

const openFile = async (path: string, settings: SqliteEventLogSettings): Promise<LogStorage> => {
  const lock = lockOwner(path);
  try {
    const writer = await openThreadedWriter({
      path,
      fileBytesMax: settings.fileBytesMax,
      reserveBytes: settings.reserveBytes,
      busyTimeoutMs: BUSY_PER_DEADLINE * settings.appendDeadlineMs,
    });
    const reading = await openReadingOrCloseWriter(path, writer);
    return {
      writer,
      reading,
      close: async (withinMs) => {
        // The reader goes first: only the last connection can put the write-ahead log away.
        reading.close();
        // A writer that still hangs may still write: then the file stays ours until this process ends.
        if (await isDoneWithin(writer.close(), withinMs)) lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw toEventLogError(error);
  }
};

const openReadingOrCloseWriter = async (path: string, writer: Writer): Promise<DatabaseSync> => {
  try {
    return openReadingDatabase(path);
  } catch (error) {
    await writer.close();
    throw error;
  }
};

/** Opens the log's file, or memory. Rejects with EARSHOT_LOG_IN_USE, or EARSHOT_LOG_UNAVAILABLE with the cause. */
export const openLogStorage = async (settings: SqliteEventLogSettings): Promise<LogStorage> =>
  settings.path === null ? openMemory(settings) : openFile(settings.path, settings);

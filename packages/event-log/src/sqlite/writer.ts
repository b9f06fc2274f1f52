import type { EpochMs, TopicSpec } from '@earshot/contracts';
import type { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openWritingDatabase } from './database.ts';
import { NO_RESERVE } from './disk-reserve.ts';
import { createLogWriter } from './log-writer.ts';
import { createMaintenanceRunner } from './maintenance-runner.ts';
import type { AppendGroup } from './record-appender.ts';
import { toEventLogError } from './sqlite-failure.ts';
import type { StoredTopic } from './stored-topic.ts';

/** The log's writer as the rest of the adapter sees it, wherever it runs. Rejections are EventLogErrors. */
export interface Writer {
  /** At the time of opening. */
  readonly newestAppendedAt: EpochMs | null;
  readonly topics: readonly StoredTopic[];
  prepare(specs: readonly TopicSpec[]): Promise<readonly StoredTopic[]>;
  /** For each stream of the group the position of its first record. */
  append(group: AppendGroup): Promise<readonly number[]>;
  /** Resolves when everything due has been removed, or the writer is closing. */
  maintain(now: EpochMs): Promise<void>;
  close(): Promise<void>;
}

/** Whatever the work throws, the caller gets an EventLogError. */
const coded = async <T>(work: () => T | Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw toEventLogError(error);
  }
};

/** The writer of a log in memory: in this thread, since memory never stalls and cannot be shared with another connection. */
export const openMemoryWriter = (fileBytesMax: number | null): { writer: Writer; database: DatabaseSync } => {
  const database = openWritingDatabase({ path: null, fileBytesMax, busyTimeoutMs: 0 });
  const writer = createLogWriter(database, NO_RESERVE);
  const maintenance = createMaintenanceRunner(writer);
  return {
    database,
    writer: {
      newestAppendedAt: writer.newestAppendedAt(),
      topics: writer.topics(),
      prepare: (specs) => coded(() => writer.prepare(specs)),
      append: (group) =>
        coded(async () => {
          const first = writer.append(group);
          // As with a disk the answer takes a turn of the event loop: a busy caller keeps nothing else from running.
          await nextTurn();
          return first;
        }),
      maintain: (now) => coded(() => maintenance.run(now)),
      close: async () => {
        await maintenance.end();
        writer.close();
      },
    },
  };
};

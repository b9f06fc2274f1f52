import { REGISTRY_TOPIC, topicSpecs } from '@earshot/contracts';
import type { LogRecord } from '@earshot/event-log';
import { openSqliteEventLog, type SqliteEventLog } from '@earshot/event-log/sqlite';
import type { RegistryClock } from '../registry-clock.ts';
import { createRegistryReader, type RegistryReader } from '../registry-reader.ts';
import { createEntryTable, type EntryTable } from './entries.ts';
import { createFaultyLog, type FaultyLog } from './faulty-log.ts';

export const TEST_PARTITIONS = 4;

/** A registry over a real log in memory. */
export interface TestRegistry {
  readonly sqlite: SqliteEventLog;
  readonly log: FaultyLog;
  readonly reader: RegistryReader;
  readonly entries: EntryTable & Pick<RegistryReader, 'reached'>;
  readonly errors: unknown[];
  /** What the reader told, in order: `2:system/a` is a record of its second reading, `2 caught up` its end. */
  readonly told: string[];
  /** Appends to the registry topic; answers the newest position. */
  readonly write: (records: readonly Pick<LogRecord, 'key' | 'value'>[]) => Promise<number>;
  close(): Promise<void>;
}

export const openTestRegistry = async (clock: RegistryClock): Promise<TestRegistry> => {
  const sqlite = await openSqliteEventLog({ path: null, clock, maintenanceIntervalMs: null });
  await sqlite.prepare(topicSpecs({ partitions: TEST_PARTITIONS }));
  const log = createFaultyLog(sqlite);
  const table = createEntryTable();
  const errors: unknown[] = [];
  const told: string[] = [];
  const reader = createRegistryReader({
    log,
    clock,
    onRecords: (records, reading) => {
      table.apply(records);
      told.push(...records.map(({ key }) => `${reading}:${key}`));
    },
    onCaughtUp: (reading) => void told.push(`${reading} caught up`),
    onUnreadable: (reason, { key }) => void told.push(`unreadable ${key}: ${reason}`),
    onError: (error) => void errors.push(error),
  });
  return {
    sqlite,
    log,
    reader,
    entries: { ...table, reached: (end) => reader.reached(end) },
    errors,
    told,
    write: async (records) => {
      const outcomes = await sqlite.append(
        records.map(({ key, value }) => ({ topic: REGISTRY_TOPIC, partition: 0, key, value })),
      );
      const newest = outcomes.at(-1);
      if (newest === undefined || 'error' in newest) throw new Error('the test could not write', { cause: newest });
      return newest.position;
    },
    close: async () => {
      await reader.stop();
      await sqlite.close();
    },
  };
};

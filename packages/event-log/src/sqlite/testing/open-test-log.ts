import { onTestFinished } from 'vitest';
import { openSqliteEventLog, type SqliteEventLog, type SqliteEventLogOptions } from '../index.ts';

/** A log for the current test, closed after it; maintenance runs only when asked. */
export const openTestLog = async (options: SqliteEventLogOptions): Promise<SqliteEventLog> => {
  const log = await openSqliteEventLog({ maintenanceIntervalMs: null, reserveBytes: 0, ...options });
  onTestFinished(() => log.close());
  return log;
};

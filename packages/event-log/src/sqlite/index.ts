export type { Clock } from './log-clock.ts';
export type { SqliteEventLogOptions } from './options.ts';
export { openSqliteEventLog, type SqliteEventLog } from './sqlite-event-log.ts';

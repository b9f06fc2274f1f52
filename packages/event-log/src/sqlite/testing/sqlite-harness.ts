import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { vi } from 'vitest';
import type { TopicSpec } from '@earshot/contracts';
import type { EventLogHarness, FullDisk, Lacking, LogStorage, Stall } from '../../conformance/index.ts';
import type { EventLog } from '../../port/index.ts';
import { openSqliteEventLog, type SqliteEventLog } from '../index.ts';
import { crashWhileAppending } from './crash.ts';
import { createHandClock, type HandClock } from './hand-clock.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const LIMITS = { recordBytesMax: 200_000, batchRecordsMax: 100, batchBytesMax: 65_536, appendDeadlineMs: 5_000 };

/** Small enough to be filled in a moment. */
const FILE_BYTES_MAX = 4_194_304;

/** What fills the file, and is gone after an hour. */
const FILLER: TopicSpec = { name: 'filler.v1', partitions: 1, cleanup: { kind: 'delete', retentionMs: HOUR_MS } };
const FILLER_BYTES = [100_000, 10_000];

const lacking = (lacks: string): Lacking => ({ lacks });

/** Logs of the suite that the harness itself has opened, and can ask for maintenance. */
type OpenLogs = Map<EventLog, SqliteEventLog>;

const maintain = async (logs: OpenLogs, log: EventLog): Promise<void> => {
  const own = logs.get(log);
  if (own === undefined) throw new Error('not a log of this harness');
  await own.maintain();
};

const createFullDisk = (logs: OpenLogs, clock: HandClock): FullDisk => ({
  begin: async (log) => {
    await log.prepare([FILLER]);
    for (const bytes of FILLER_BYTES) {
      const record = { topic: FILLER.name, partition: 0, key: null, value: 'x'.repeat(bytes) };
      let isFull = false;
      while (!isFull) isFull = (await log.append([record])).some((outcome) => 'error' in outcome);
    }
  },
  end: async (log) => {
    clock.pass(2 * HOUR_MS);
    await maintain(logs, log);
  },
});

/** Somebody else holds the file's lock: to the writer that is a disk that does not answer. */
const createStall = (path: string): Stall => {
  const other = (): DatabaseSync => new DatabaseSync(path);
  let holder: DatabaseSync | null = null;
  return {
    begin: async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      holder = other();
      holder.exec('BEGIN IMMEDIATE');
    },
    pass: async (ms) => {
      await vi.advanceTimersByTimeAsync(ms);
    },
    end: async () => {
      holder?.close();
      vi.useRealTimers();
    },
  };
};

const createStorage = async (directory: string | null): Promise<LogStorage> => {
  const logs: OpenLogs = new Map();
  const clock = createHandClock();
  const path = directory === null ? null : join(directory, 'log.db');
  const inMemory = 'kept in memory only, gone when the log is closed or its process ends';
  return {
    open: async () => {
      const log = await openSqliteEventLog({
        ...LIMITS,
        path,
        clock,
        maintenanceIntervalMs: null,
        fileBytesMax: FILE_BYTES_MAX,
        reserveBytes: 0,
      });
      logs.set(log, log);
      return log;
    },
    dispose: async () => {
      if (directory !== null) await rm(directory, { recursive: true });
    },
    durable: path === null ? lacking(inMemory) : true,
    clock: { pass: (ms) => clock.pass(ms), set: (ms) => clock.set(ms), setBackIs: 'absorbed' },
    fullDisk: createFullDisk(logs, clock),
    stall: path === null ? lacking('memory never hangs') : createStall(path),
    brokenPartition: lacking('all partitions are in one file: they fail together or not at all'),
    expire: async (log) => {
      clock.pass(2 * DAY_MS);
      await maintain(logs, log);
    },
    compact: (log) => maintain(logs, log),
    crash: path === null ? lacking(inMemory) : (topic) => crashWhileAppending(path, topic),
  };
};

/** The log in a file of a directory of its own. */
export const sqliteFileHarness: EventLogHarness = {
  limits: LIMITS,
  createStorage: async () => createStorage(await mkdtemp(join(tmpdir(), 'earshot-event-log-'))),
};

/** The log in memory. */
export const sqliteMemoryHarness: EventLogHarness = { limits: LIMITS, createStorage: () => createStorage(null) };

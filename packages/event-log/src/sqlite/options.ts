import type { EventLogError } from '../port/index.ts';
import type { Clock } from './log-clock.ts';

const MIB = 1_048_576;

/** Key and value of one record in UTF-8. Raised: one record may cost a reader that much memory at a stroke. */
const RECORD_BYTES_MAX_DEFAULT: number = MIB;

/** Time after which an append answers with an error whatever the disk does. Above the longest ordinary fsync of a busy disk. */
const APPEND_DEADLINE_MS_DEFAULT = 5_000;

/** How often retention and compaction look for work. Raised: a topic outgrows its bytes further before it is cut. */
const MAINTENANCE_INTERVAL_MS_DEFAULT = 10_000;

/** What one call of a handler gets at most: few enough to keep the event loop turning, many enough to pay for the call. */
const BATCH_RECORDS_MAX_DEFAULT = 1_000;
const BATCH_BYTES_MAX_DEFAULT: number = MIB;

/**
 * Room kept aside for deleting on a full disk. Must hold what the write-ahead log may carry when the disk fills up: about 4 MiB
 * between two checkpoints and one group of records.
 */
const RESERVE_BYTES_DEFAULT: number = 16 * MIB;

export interface SqliteEventLogOptions {
  /** The file, in a directory that exists. Null: in memory, gone at close. */
  readonly path: string | null;
  /** Default: the machine's. */
  readonly clock?: Clock;
  readonly recordBytesMax?: number;
  readonly appendDeadlineMs?: number;
  /** Milliseconds of real time between two runs of retention and compaction. Null: only `maintain` runs them. */
  readonly maintenanceIntervalMs?: number | null;
  readonly batchRecordsMax?: number;
  readonly batchBytesMax?: number;
  /** The file grows no further than this, then the log is full. Null: as far as the disk allows. */
  readonly fileBytesMax?: number | null;
  /** Size of the file `<path>.reserve`, given up when retention needs room on a full disk. 0: none. */
  readonly reserveBytes?: number;
  /** Told when a run of retention or compaction failed; the next one tries again. */
  readonly maintenanceFailed?: (error: EventLogError) => void;
}

/** The options with every default in place. */
export type SqliteEventLogSettings = Readonly<Required<SqliteEventLogOptions>>;

const MACHINE_CLOCK: Clock = { wallNow: () => Date.now(), monotonicNow: () => performance.now() };

/** Fills in the defaults. */
export const settingsOf = (options: SqliteEventLogOptions): SqliteEventLogSettings => ({
  path: options.path,
  clock: options.clock ?? MACHINE_CLOCK,
  recordBytesMax: options.recordBytesMax ?? RECORD_BYTES_MAX_DEFAULT,
  appendDeadlineMs: options.appendDeadlineMs ?? APPEND_DEADLINE_MS_DEFAULT,
  maintenanceIntervalMs:
    options.maintenanceIntervalMs === undefined ? MAINTENANCE_INTERVAL_MS_DEFAULT : options.maintenanceIntervalMs,
  batchRecordsMax: options.batchRecordsMax ?? BATCH_RECORDS_MAX_DEFAULT,
  batchBytesMax: options.batchBytesMax ?? BATCH_BYTES_MAX_DEFAULT,
  fileBytesMax: options.fileBytesMax ?? null,
  reserveBytes: options.reserveBytes ?? RESERVE_BYTES_DEFAULT,
  maintenanceFailed: options.maintenanceFailed ?? (() => undefined),
});

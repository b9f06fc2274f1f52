import type { TopicSpec } from '@earshot/contracts';
import {
  EventLogError,
  type AppendOutcome,
  type EventLog,
  type NewRecord,
  type Ownership,
  type OwnershipHandler,
  type PartitionBounds,
  type Reading,
  type ReadingHandler,
  type TableHandler,
} from '../port/index.ts';
import type { QueuedRecord } from './append-group.ts';
import { createAppendQueue, type AppendQueue } from './append-queue.ts';
import { startDelivery, type Delivery } from './delivery.ts';
import { createGroup, type Group } from './group.ts';
import { createLogClock } from './log-clock.ts';
import { openLogStorage, type LogStorage } from './log-storage.ts';
import { settingsOf, type SqliteEventLogOptions, type SqliteEventLogSettings } from './options.ts';
import { checkRecord } from './record-check.ts';
import { checkedPosition, createRecordSource, positionFault, type RecordSource } from './record-source.ts';
import { toEventLogError } from './sqlite-failure.ts';
import { createStreamDirectory, wakeWaiting, type Stream, type StreamDirectory } from './stream.ts';
import { startTableReading } from './table-reading.ts';

/** The embedded log: the port, and maintenance on demand. */
export interface SqliteEventLog extends EventLog {
  /** Runs retention and compaction now; resolves when everything due is gone. Rejects with EventLogError. */
  maintain(): Promise<void>;
}

/**
 * Opens the embedded log, in one file or in memory. One log object owns a file: a second one, in this process or another, is
 * refused with EARSHOT_LOG_IN_USE; a file that cannot be opened with EARSHOT_LOG_UNAVAILABLE. How the guarantees are met:
 *
 * - L1, L12: a call is part of one transaction, synced to disk (`synchronous=FULL`) before it is answered
 * - L2, L3, L7: one writer gives out positions; readers see what is committed, in order of position
 * - L5, L6: the members of a group are all in this process; positions are the handlers' to keep
 * - L8: a full disk fails the transaction; room is kept aside so that retention can still delete
 * - L9: a partition's next batch is read when its handler has taken the last
 * - L13: the writer has a thread of its own, so that the deadline holds while the disk hangs
 * - T1: records are stamped by the log's clock when their group is given to the writer; all of a group share the stamp
 */
export const openSqliteEventLog = async (options: SqliteEventLogOptions): Promise<SqliteEventLog> => {
  const settings = settingsOf(options);
  const log = new OpenLog(settings, await openLogStorage(settings));
  log.startMaintenance();
  return log;
};

/** Something that delivers until it is stopped. */
interface Stoppable {
  readonly stop: () => Promise<void>;
}

class OpenLog implements SqliteEventLog {
  readonly #settings: SqliteEventLogSettings;
  readonly #storage: LogStorage;
  readonly #streams: StreamDirectory = createStreamDirectory();
  readonly #source: RecordSource;
  readonly #queue: AppendQueue;
  readonly #now: () => number;
  readonly #groups = new Map<string, Group>();
  readonly #delivering = new Set<Stoppable>();
  #timer: NodeJS.Timeout | null = null;
  #maintaining: Promise<void> | null = null;
  #closing: Promise<void> | null = null;

  constructor(settings: SqliteEventLogSettings, storage: LogStorage) {
    this.#settings = settings;
    this.#storage = storage;
    this.#streams.add(storage.writer.topics);
    this.#source = createRecordSource(storage.reading, settings);
    this.#now = createLogClock(settings.clock, storage.writer.newestAppendedAt);
    this.#queue = createAppendQueue({
      write: (group) => storage.writer.append(group),
      now: this.#now,
      landed: (streams) => streams.forEach(wakeWaiting),
      deadlineMs: settings.appendDeadlineMs,
    });
  }

  startMaintenance(): void {
    const { maintenanceIntervalMs, maintenanceFailed } = this.#settings;
    if (maintenanceIntervalMs === null) return;
    const run = (): void => void this.maintain().catch((error: unknown) => maintenanceFailed(toEventLogError(error)));
    this.#timer = setInterval(run, maintenanceIntervalMs).unref();
  }

  async prepare(topics: readonly TopicSpec[]): Promise<void> {
    this.#refuseIfClosed();
    topics.forEach(checkPartitions);
    this.#streams.add(await this.#storage.writer.prepare(topics));
  }

  async append(records: readonly NewRecord[]): Promise<readonly AppendOutcome[]> {
    if (this.#closing !== null) return records.map(() => ({ error: closedError() }));
    const { recordBytesMax } = this.#settings;
    const checked = records.map((record) => checkRecord(record, this.#streams, recordBytesMax));
    const fit = checked.filter((each): each is QueuedRecord => !(each instanceof EventLogError));
    const landed = fit.length === 0 ? [] : await this.#queue.append(fit);
    return landed.length === records.length ? landed : mergeOutcomes(checked, landed);
  }

  async own(topic: string, group: string, handler: OwnershipHandler): Promise<Ownership> {
    this.#refuseIfClosed();
    const streams = this.#streamsOf(topic);
    const name = JSON.stringify([topic, group]);
    const members = this.#groups.get(name) ?? createGroup(this.#source, streams);
    this.#groups.set(name, members);
    const ownership = members.join(handler);
    const stop = this.#register(() => ownership.stop());
    return { partitions: () => ownership.partitions(), restart: (partition) => ownership.restart(partition), stop };
  }

  // oxlint-disable-next-line eslint/max-params -- the port's signature
  async readFrom(topic: string, partition: number, position: number, handler: ReadingHandler): Promise<Reading> {
    this.#refuseIfClosed();
    const stream = this.#streamOf(topic, partition);
    const fault = positionFault(stream, checkedPosition(position), this.#source.bounds(stream));
    if (fault !== null) throw fault;
    return this.#reading(
      startDelivery({
        source: this.#source,
        stream,
        from: position,
        records: (batch) => handler.records(batch),
        failed: (error) => handler.failed(error),
      }),
    );
  }

  async readTable(topic: string, partition: number, handler: TableHandler): Promise<Reading> {
    this.#refuseIfClosed();
    const stream = this.#streamOf(topic, partition);
    const { delivery, caughtUp } = startTableReading({ source: this.#source, stream }, handler);
    const reading = this.#reading(delivery);
    await caughtUp;
    return reading;
  }

  async ends(topic: string): Promise<readonly PartitionBounds[]> {
    this.#refuseIfClosed();
    return this.#streamsOf(topic).map((stream) => this.#source.bounds(stream));
  }

  async maintain(): Promise<void> {
    this.#refuseIfClosed();
    this.#maintaining ??= this.#storage.writer.maintain(this.#now()).finally(() => {
      this.#maintaining = null;
    });
    await this.#maintaining;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#queue.drain();
    await Promise.all([...this.#delivering].map((each) => each.stop()));
    await this.#storage.close(this.#settings.appendDeadlineMs);
  }

  #reading(delivery: Delivery): Reading {
    const stop = this.#register(async () => {
      delivery.stop();
      await delivery.ended;
    });
    return { position: () => delivery.position(), stop };
  }

  /** Keeps it in mind for close until it has stopped. */
  #register(stopDelivering: () => Promise<void>): () => Promise<void> {
    const delivering: Stoppable = {
      stop: async () => {
        await stopDelivering();
        this.#delivering.delete(delivering);
      },
    };
    this.#delivering.add(delivering);
    return delivering.stop;
  }

  #streamsOf(topic: string): readonly Stream[] {
    const streams = this.#streams.of(topic);
    if (streams === undefined) throw new EventLogError('EARSHOT_LOG_UNKNOWN_TOPIC', `There is no topic ${topic}.`);
    return streams;
  }

  #streamOf(topic: string, partition: number): Stream {
    const stream = this.#streamsOf(topic)[partition];
    if (stream === undefined)
      throw new EventLogError('EARSHOT_LOG_UNKNOWN_TOPIC', `There is no ${topic}/${partition}.`);
    return stream;
  }

  #refuseIfClosed(): void {
    if (this.#closing !== null) throw closedError();
  }
}

const closedError = (): EventLogError => new EventLogError('EARSHOT_LOG_CLOSED', 'The log is closed.');

const checkPartitions = ({ name, partitions }: TopicSpec): void => {
  if (Number.isInteger(partitions) && partitions > 0) return;
  throw new RangeError(`Topic ${name} needs a whole number of partitions above 0, not ${partitions}.`);
};

/** Outcomes in the order offered: refusals where they were, the others as they landed. */
const mergeOutcomes = (
  checked: readonly (QueuedRecord | EventLogError)[],
  landed: readonly AppendOutcome[],
): readonly AppendOutcome[] => {
  const rest = landed.values();
  return checked.map((each) => {
    if (each instanceof EventLogError) return { error: each };
    return rest.next().value ?? { error: closedError() };
  });
};

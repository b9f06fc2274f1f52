import type { EpochMs, TopicSpec } from '@earshot/contracts';
import type { EventLog } from '../port/index.ts';

/** What an adapter cannot do, and why: printed with every guarantee that needs it. */
export interface Lacking {
  readonly lacks: string;
}

/** Something an adapter may be able to do for the suite. */
export type Capability<T> = T | Lacking;

/** Bounds the adapter was opened with. */
export interface EventLogLimits {
  /** Key and value of a record, bytes of UTF-8. */
  readonly recordBytesMax: number;
  /** One call of a handler. A batch may be larger than `batchBytesMax` by its last record. */
  readonly batchRecordsMax: number;
  readonly batchBytesMax: number;
  /** After which an append has its outcomes (L13). */
  readonly appendDeadlineMs: number;
}

/** The log's own clock in our hands. */
export interface ClockControl {
  /** Lets time pass. */
  pass(ms: number): void;
  /** Sets the clock that the log follows, forward or (negative) back. */
  set(ms: number): void;
  /** Whether a clock set back shows in `appendedAt` (a broker's does), or the log goes on from where it was. */
  readonly setBackIs: 'reported' | 'absorbed';
}

/** A disk without room. */
export interface FullDisk {
  /** From now on there is no room for a record of 16 KiB. */
  begin(log: EventLog): Promise<void>;
  /** There is room again, without the log being opened anew. */
  end(log: EventLog): Promise<void>;
}

/** A log that does not answer: a disk that hangs, a broker that is frozen. */
export interface Stall {
  begin(): Promise<void>;
  /** Lets that much time pass for the adapter, by waiting or by fake timers. */
  pass(ms: number): Promise<void>;
  end(): Promise<void>;
}

/** A record that a process had acknowledged before it was killed. */
export interface Acknowledged {
  readonly partition: number;
  readonly position: number;
  readonly appendedAt: EpochMs;
  readonly value: string;
}

/** A storage of its own for one test: a file, a set of topics on a broker. */
export interface LogStorage {
  /** Opens a log on it. Again after `close`: finds what was there, if it is `durable`. */
  open(): Promise<EventLog>;
  /** Called after all logs are closed. */
  dispose(): Promise<void>;
  readonly durable: Capability<true>;
  readonly clock: Capability<ClockControl>;
  readonly fullDisk: Capability<FullDisk>;
  readonly stall: Capability<Stall>;
  /** Makes one partition refuse records while the others take them; `end` undoes it. */
  readonly brokenPartition: Capability<{
    begin(topic: string, partition: number): Promise<void>;
    end(): Promise<void>;
  }>;
  /** Retention removes what it may of the topic: of each partition everything but its newest record, or all. */
  readonly expire: Capability<(log: EventLog, topic: string) => Promise<void>>;
  /** Compaction runs now and removes what it may of a topic without a lag. */
  readonly compact: Capability<(log: EventLog, topic: string) => Promise<void>>;
  /**
   * A process of its own opens the log, prepares the topic and appends to all its partitions until it is killed (-9) in the midst
   * of it, or what holds the log is. Answers what was acknowledged.
   */
  readonly crash: Capability<(topic: TopicSpec) => Promise<readonly Acknowledged[]>>;
}

/** How the suite gets logs of one adapter. */
export interface EventLogHarness {
  readonly limits: EventLogLimits;
  createStorage(): Promise<LogStorage>;
}

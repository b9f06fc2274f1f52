import type { EpochMs, TopicSpec } from '@earshot/contracts';
import type { EventLogError } from './event-log-error.ts';

/** A record as it is offered to the log. */
export interface NewRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  /** Text (JSON); null is a tombstone in a compacted topic. */
  readonly value: string | null;
}

/** A record as the log has it. */
export interface LogRecord {
  readonly position: number;
  /** Stamped by the log when it ordered the record (T1): the only time that decides anything. */
  readonly appendedAt: EpochMs;
  readonly key: string | null;
  readonly value: string | null;
}

/** What became of one offered record. */
export type AppendOutcome =
  | { readonly position: number; readonly appendedAt: EpochMs }
  | { readonly error: EventLogError };

/**
 * Where a partition begins and ends: `first` is the oldest position a reader may start at, `end` the one after the newest record.
 * Equal when empty. Compaction leaves gaps and does not move `first`; only retention by age or bytes does.
 */
export interface PartitionBounds {
  readonly partition: number;
  readonly first: number;
  readonly end: number;
}

/** Records of one partition in order, never empty. */
export interface RecordBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly LogRecord[];
}

/**
 * What an owner does with its partitions. Calls about one partition never overlap, but `revoked` may come while `records` is
 * still awaited; different partitions may run at the same time.
 */
export interface OwnershipHandler {
  /**
   * The partition is ours from now on. Answers the position to read from. `bounds` are exact at the time of the call; a position
   * outside them is reported to `failed` with its code (L4).
   */
  assigned(partition: number, bounds: PartitionBounds): Promise<number>;
  /** The next batch comes when this has resolved (L9). A rejection stops the partition and is reported to `failed` (L10). */
  records(batch: RecordBatch): Promise<void>;
  /** No longer ours; others may have worked on it for a while already (L5). */
  revoked(partition: number): void;
  /** Delivery of the partition has stopped; `Ownership.restart` begins it again with `assigned`. */
  failed(partition: number, error: EventLogError): void;
}

export interface Ownership {
  /** Partitions that are ours now. */
  partitions(): readonly number[];
  /** Forgets where the partition's reading stands and asks `assigned` again. Does nothing for one that is not ours. */
  restart(partition: number): void;
  /** Gives all partitions back, telling `revoked` for each; resolves when no handler call is running. Never call it from one. */
  stop(): Promise<void>;
}

export interface ReadingHandler {
  /** The next batch comes when this has resolved. */
  records(batch: RecordBatch): Promise<void> | void;
  /** Reading has stopped. */
  failed(error: EventLogError): void;
}

export interface Reading {
  /** Position of the next record to be delivered. */
  position(): number;
  /** Resolves when no handler call is running. */
  stop(): Promise<void>;
}

export interface TableHandler {
  /**
   * Changes in order, the newest value per key at least; `value` null means that the key is gone. What it throws stops the
   * following: while catching up `readTable` rejects with EARSHOT_LOG_HANDLER_FAILED, later `failed` is told.
   */
  changed(records: readonly LogRecord[]): void;
  /** Following has stopped; what is in the table stays true but ages. */
  failed(error: EventLogError): void;
}

/**
 * The log: the one truth of Earshot. Guarantees, each proven by the conformance suite on every adapter:
 *
 * - L1 append resolves per record, only when durable, with position and appendedAt
 * - L2 order within a partition is append order; backward steps of the log's clock are reported as they are
 * - L3 at least once: nothing acknowledged is skipped by a reader
 * - L4 a reader starts at any position still retained; an older one, or one beyond the end, is a coded error
 * - L5 assignment and revocation of a group's partitions are told: ownership, not exclusion
 * - L6 two groups each get everything
 * - L7 end positions are exact when idle
 * - L8 a full disk, a lost broker, a record too large are coded errors that leave the log usable; one bad partition does not fail others
 * - L9 a slow reader holds bounded memory and does not stall other partitions
 * - L10 a handler's error stops that partition's delivery and is reported
 * - L11 close drains, then refuses with a code; closing twice is fine
 * - L12 everything acknowledged survives kill -9 and reopen
 * - L13 an append's error comes within a stated time; it may have landed, and says so
 * - L14 a compacted topic reads as a table, then changes in order; positions may have gaps
 */
export interface EventLog {
  /**
   * Creates the topics that are missing and checks those that are there. Rejects with EARSHOT_LOG_TOPIC_MISMATCH if one has
   * settings that would break a guarantee (a partition count other than given).
   */
  prepare(topics: readonly TopicSpec[]): Promise<void>;
  /**
   * One outcome per record, in the order given. Never rejects for an operating error: those are outcomes, EARSHOT_LOG_CLOSED
   * included. A record without a key in a compacted topic is a programmer's error and rejects.
   */
  append(records: readonly NewRecord[]): Promise<readonly AppendOutcome[]>;
  /** Joins a group that shares the topic's partitions among its members. */
  own(topic: string, group: string, handler: OwnershipHandler): Promise<Ownership>;
  /** Reads one partition from a position on, for ever. Rejects with L4's codes. */
  readFrom(topic: string, partition: number, position: number, handler: ReadingHandler): Promise<Reading>;
  /**
   * Reads one partition of a compacted topic as a table: resolves when everything up to the end at the time of the call has been
   * given to `changed` (caught up), and goes on with changes.
   */
  readTable(topic: string, partition: number, handler: TableHandler): Promise<Reading>;
  /** Bounds of every partition of the topic, in order. */
  ends(topic: string): Promise<readonly PartitionBounds[]>;
  /** Waits for appends under way, stops all readings, then refuses everything with EARSHOT_LOG_CLOSED. */
  close(): Promise<void>;
}

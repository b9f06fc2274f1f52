import type { RecordMetadata, TopicMessages } from 'kafkajs';
import type { DurationMs } from '@earshot/contracts';
import { EventLogError, type AppendOutcome } from '../../port/index.ts';
import { createAppendCall } from './append-call.ts';
import type { Clock } from '../client/clock.ts';
import { isRefusal, toEventLogError } from '../client/kafka-failure.ts';
import type { QueuedRecord } from './lane.ts';
import { createLanes, topicMessagesOf, type SendPart } from './lanes.ts';
import type { KafkaLogLine } from '../options.ts';
import type { CheckedRecord } from './record-check.ts';
import { outcomesOfSend } from './send-coverage.ts';

export interface AppendQueueDependencies {
  /** Rejects as a whole, or answers for the partitions it covers. */
  readonly send: (topicMessages: TopicMessages[]) => Promise<readonly RecordMetadata[]>;
  readonly clock: Clock;
  readonly deadlineMs: DurationMs;
  readonly logged: (line: KafkaLogLine) => void;
}

export interface AppendQueue {
  /**
   * One outcome per record, at most `deadlineMs` later; the records of a partition land in the order of the calls.
   * Never rejects.
   */
  append(records: readonly CheckedRecord[]): Promise<readonly AppendOutcome[]>;
  /** Resolves when every call made so far has its outcomes. */
  drain(): Promise<void>;
}

/** What may wait for the brokers: some seconds of a large fleet. Over it appends are refused at once. */
const WAITING_RECORDS_MAX = 100_000;
const WAITING_BYTES_MAX: number = 64 * 1_048_576;

/** Sends to single partitions under way at a time, while they are sent one by one. */
const SINGLE_SENDS_MAX = 32;

export const createAppendQueue = (dependencies: AppendQueueDependencies): AppendQueue => new Queue(dependencies);

/**
 * While all is well one send at a time carries what has come for all partitions; what arrives meanwhile is the next. A
 * lone record is sent at once. When a send fails as a whole, nobody can tell which of its partitions was at fault: from
 * then on each is sent by itself, so that one that cannot take records fails alone, until the newest send of every one
 * has gone well. Nothing is sent twice.
 */
class Queue implements AppendQueue {
  readonly #dependencies: AppendQueueDependencies;
  readonly #lanes = createLanes();
  readonly #open = new Set<Promise<unknown>>();
  #waitingRecords = 0;
  #waitingBytes = 0;
  #sends = 0;
  #isTogether = true;

  constructor(dependencies: AppendQueueDependencies) {
    this.#dependencies = dependencies;
  }

  async append(records: readonly CheckedRecord[]): Promise<readonly AppendOutcome[]> {
    const bytes = records.reduce((sum, record) => sum + record.bytes, 0);
    if (this.#waitingRecords + records.length > WAITING_RECORDS_MAX || this.#waitingBytes + bytes > WAITING_BYTES_MAX) {
      const error = new EventLogError('EARSHOT_LOG_UNAVAILABLE', 'Too many records are waiting for the brokers.');
      return records.map(() => ({ error }));
    }
    this.#waitingRecords += records.length;
    this.#waitingBytes += bytes;
    try {
      return await this.#outcomes(records);
    } finally {
      this.#waitingRecords -= records.length;
      this.#waitingBytes -= bytes;
    }
  }

  async drain(): Promise<void> {
    await Promise.all(this.#open);
  }

  async #outcomes(records: readonly CheckedRecord[]): Promise<readonly AppendOutcome[]> {
    const { clock, deadlineMs } = this.#dependencies;
    const call = createAppendCall(records.length);
    const queued = records.map(({ message, bytes }, place) => ({ message, bytes, call, place, isSent: false }));
    for (const [i, record] of records.entries()) if (queued[i] !== undefined) this.#lanes.join(record, queued[i]);
    const timer = clock.after(deadlineMs, () => this.#expire(queued));
    this.#open.add(call.outcomes);
    this.#pump();
    try {
      return await call.outcomes;
    } finally {
      timer.cancel();
      this.#open.delete(call.outcomes);
    }
  }

  /** Answers what has no outcome by now. What is still in line is taken out of it by that, and never sent. */
  #expire(records: readonly QueuedRecord[]): void {
    const { deadlineMs } = this.#dependencies;
    for (const { call, place, isSent } of records) call.settle(place, { error: timeout(deadlineMs, isSent) });
  }

  #pump(): void {
    if (this.#isTogether) {
      if (this.#sends === 0) void this.#send(this.#lanes.takeTogether());
      return;
    }
    for (const part of this.#lanes.takeSingly(SINGLE_SENDS_MAX - this.#sends)) void this.#send([part]);
  }

  async #send(parts: readonly SendPart[]): Promise<void> {
    if (parts.length === 0) return;
    this.#sends += 1;
    for (const { lane } of parts) lane.isSending = true;
    const outcomes = await this.#trySending(parts);
    this.#sends -= 1;
    for (const { lane } of parts) lane.isSending = false;
    this.#goTogetherAgain();
    // The brokers get the next send before the callers get their answers, so that they are never idle meanwhile.
    this.#pump();
    for (const [i, { records }] of parts.entries()) settle(records, outcomes[i] ?? []);
  }

  async #trySending(parts: readonly SendPart[]): Promise<readonly (readonly AppendOutcome[])[]> {
    const sent = parts.map(({ lane: { kafkaName, partition }, records }) => ({
      kafkaName,
      partition,
      recordCount: records.length,
    }));
    try {
      const outcomes = outcomesOfSend(sent, await this.#dependencies.send(topicMessagesOf(parts)));
      for (const { lane } of parts) lane.isSuspect = false;
      return outcomes;
    } catch (error) {
      const mayHaveLanded = parts.length > 1 || !isRefusal(error);
      const failure = toEventLogError(error, 'The records were not acknowledged', mayHaveLanded);
      this.#goSingly(parts, failure);
      return parts.map(({ records }) => records.map(() => ({ error: failure })));
    }
  }

  #goSingly(parts: readonly SendPart[], { message }: EventLogError): void {
    for (const { lane } of parts) lane.isSuspect = true;
    if (!this.#isTogether) return;
    this.#isTogether = false;
    this.#dependencies.logged({
      level: 'warn',
      message: 'partitions are sent one by one',
      fields: { because: message },
    });
  }

  #goTogetherAgain(): void {
    if (this.#isTogether || this.#sends > 0 || this.#lanes.isSomeSuspect()) return;
    this.#isTogether = true;
    this.#dependencies.logged({ level: 'info', message: 'partitions are sent together again', fields: {} });
  }
}

const settle = (records: readonly QueuedRecord[], outcomes: readonly AppendOutcome[]): void => {
  for (const [i, { call, place }] of records.entries()) {
    const outcome = outcomes[i];
    if (outcome !== undefined) call.settle(place, outcome);
  }
};

const timeout = (deadlineMs: DurationMs, mayHaveLanded: boolean): EventLogError =>
  new EventLogError('EARSHOT_LOG_TIMEOUT', `The brokers did not take the records within ${deadlineMs} ms.`, {
    mayHaveLanded,
  });

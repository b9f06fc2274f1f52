import type { EpochMs } from '@earshot/contracts';
import { EventLogError, type AppendOutcome } from '../port/index.ts';
import { groupForWriter, landedOutcomes, packGroup, type PackedGroup, type QueuedRecord } from './append-group.ts';
import type { AppendGroup } from './record-appender.ts';
import { toEventLogError } from './sqlite-failure.ts';
import type { Stream } from './stream.ts';
import { createWaitingLine, type Weight } from './waiting-line.ts';

export interface AppendQueueDependencies {
  write(group: AppendGroup): Promise<readonly number[]>;
  /** Log time now. */
  now(): EpochMs;
  /** The streams have new records that readers can see. */
  landed(streams: readonly Stream[]): void;
  readonly deadlineMs: number;
}

export interface AppendQueue {
  /** One outcome per record, at most `deadlineMs` later; calls land in the order they are made. Never rejects. */
  append(records: readonly QueuedRecord[]): Promise<readonly AppendOutcome[]>;
  /** Resolves when every call made so far has its outcomes. */
  drain(): Promise<void>;
}

/** One call of `append`. */
interface Call extends Weight {
  readonly records: readonly QueuedRecord[];
  readonly outcomes: Promise<readonly AppendOutcome[]>;
  readonly answer: (outcomes: readonly AppendOutcome[]) => void;
}

const createCall = (records: readonly QueuedRecord[]): Call => {
  const { promise, resolve } = Promise.withResolvers<readonly AppendOutcome[]>();
  const bytes = records.reduce((sum, record) => sum + record.bytes, 0);
  return { records, recordCount: records.length, bytes, outcomes: promise, answer: resolve };
};

const refuse = (records: readonly unknown[], error: EventLogError): readonly AppendOutcome[] =>
  records.map(() => ({ error }));

/** Gives each call of a group its part of the outcomes. One that has its answer already keeps it. */
const answerAll = (calls: readonly Call[], outcomes: readonly AppendOutcome[]): void => {
  let from = 0;
  for (const call of calls) {
    call.answer(outcomes.slice(from, from + call.recordCount));
    from += call.recordCount;
  }
};

const timeout = (deadlineMs: number, mayHaveLanded: boolean): EventLogError =>
  new EventLogError('EARSHOT_LOG_TIMEOUT', `The log did not take the records within ${deadlineMs} ms.`, {
    mayHaveLanded,
  });

/**
 * Orders appends: one group is being written at a time, what arrives meanwhile is the next group. A lone call is written at once.
 */
export const createAppendQueue = (dependencies: AppendQueueDependencies): AppendQueue => {
  const { deadlineMs } = dependencies;
  const line = createWaitingLine<Call>();
  const open = new Set<Promise<unknown>>();
  let isWriting = false;

  const write = async (group: PackedGroup): Promise<readonly AppendOutcome[]> => {
    try {
      const first = await dependencies.write(groupForWriter(group));
      dependencies.landed(group.streams);
      return landedOutcomes(group, first);
    } catch (error) {
      return refuse(group.streamOf, toEventLogError(error, true));
    }
  };

  const writeNext = async (): Promise<void> => {
    const calls = line.takeGroup();
    isWriting = calls.length > 0;
    if (!isWriting) return;
    const records = calls.flatMap((call) => call.records);
    const outcomes = await write(packGroup(records, dependencies.now()));
    // The writer gets the next group before the callers get their answers, so that it is never idle meanwhile.
    void writeNext();
    answerAll(calls, outcomes);
  };

  /** Waits for the call's outcomes, at most for the deadline. What is being written by then can no longer be taken out. */
  const settle = async (call: Call): Promise<readonly AppendOutcome[]> => {
    const expire = (): void => call.answer(refuse(call.records, timeout(deadlineMs, !line.leave(call))));
    const timer = setTimeout(expire, deadlineMs);
    open.add(call.outcomes);
    try {
      return await call.outcomes;
    } finally {
      clearTimeout(timer);
      open.delete(call.outcomes);
    }
  };

  return {
    append: (records) => {
      const call = createCall(records);
      if (!line.join(call)) {
        const error = new EventLogError('EARSHOT_LOG_UNAVAILABLE', 'Too many records are waiting for the disk.');
        return Promise.resolve(refuse(records, error));
      }
      if (!isWriting) void writeNext();
      return settle(call);
    },
    drain: async () => void (await Promise.all(open)),
  };
};

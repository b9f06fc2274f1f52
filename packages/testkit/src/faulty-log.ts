import {
  type AppendOutcome,
  type EventLog,
  EventLogError,
  type EventLogErrorCode,
  type NewRecord,
} from '@earshot/event-log';

/** Says for a record with which code its append fails; null: it does not. */
export type ChooseFault = (record: NewRecord) => EventLogErrorCode | null;

/** A log whose appends can be made to fail, to fail in part, or to stall, around a real one. */
export interface FaultyLog extends EventLog {
  /** From now on the chosen records never reach the log; the others do. */
  refuseAppends(choose: ChooseFault): void;
  /** From now on the chosen records reach the log, and their senders are told that they may have. */
  loseAnswers(choose: ChooseFault): void;
  /** From now on nothing is appended or answered until `heal`. */
  stallAppends(): void;
  /** Takes every fault away; stalled appends go on in their order. */
  heal(): void;
  /** Every append so far, in order, as it was offered. */
  appends(): readonly (readonly NewRecord[])[];
}

const none: ChooseFault = () => null;

/** Puts faults between a caller and a real log. Reading is never touched. */
export const createFaultyLog = (log: EventLog): FaultyLog => {
  const appends: (readonly NewRecord[])[] = [];
  let refused = none;
  let lost = none;
  let stall: { readonly over: Promise<void>; readonly end: () => void } | null = null;

  const failure = (code: EventLogErrorCode, mayHaveLanded: boolean): AppendOutcome => ({
    error: new EventLogError(code, "a test's fault", { mayHaveLanded }),
  });
  const append = async (records: readonly NewRecord[]): Promise<readonly AppendOutcome[]> => {
    appends.push(records);
    if (stall !== null) await stall.over;
    const refusals = records.map(refused);
    const landed = await log.append(records.filter((_, index) => refusals[index] === null));
    const outcomes = landed.values();
    return records.map((record, index) => {
      const refusal = refusals[index] ?? null;
      if (refusal !== null) return failure(refusal, false);
      const outcome = outcomes.next().value ?? failure('EARSHOT_LOG_UNAVAILABLE', true);
      const loss = lost(record);
      return loss === null ? outcome : failure(loss, true);
    });
  };
  return {
    prepare: (topics) => log.prepare(topics),
    append,
    own: (topic, group, handler) => log.own(topic, group, handler),
    readFrom: (topic, partition, position, handler) => log.readFrom(topic, partition, position, handler),
    readTable: (topic, partition, handler) => log.readTable(topic, partition, handler),
    ends: (topic) => log.ends(topic),
    close: () => log.close(),
    refuseAppends: (choose) => {
      refused = choose;
    },
    loseAnswers: (choose) => {
      lost = choose;
    },
    stallAppends: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      stall ??= { over: promise, end: resolve };
    },
    heal: () => {
      refused = none;
      lost = none;
      stall?.end();
      stall = null;
    },
    appends: () => appends,
  };
};

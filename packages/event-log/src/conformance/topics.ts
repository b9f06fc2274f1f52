import type { TopicSpec } from '@earshot/contracts';
import { EventLogError, type AppendOutcome, type EventLog, type LogRecord, type NewRecord } from '../port/index.ts';

const DAY_MS = 86_400_000;

/** Three partitions that forget after a day. */
export const RECORDS: TopicSpec = {
  name: 'records.v1',
  partitions: 3,
  cleanup: { kind: 'delete', retentionMs: DAY_MS },
};

/** One partition that keeps the newest value per key. */
export const TABLE: TopicSpec = {
  name: 'table.v1',
  partitions: 1,
  cleanup: { kind: 'compact', minCompactionLagMs: 0 },
};

export const recordOf = (partition: number, value: string, key: string | null = 'key'): NewRecord => ({
  topic: RECORDS.name,
  partition,
  key,
  value,
});

/** `count` records with the values `<prefix>0`, `<prefix>1`, … */
export const recordsOf = (partition: number, count: number, prefix = 'v'): readonly NewRecord[] =>
  valuesOf(count, prefix).map((value) => recordOf(partition, value));

export const valuesOf = (count: number, prefix = 'v'): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

export const changeOf = (key: string, value: string | null): NewRecord => ({
  topic: TABLE.name,
  partition: 0,
  key,
  value,
});

type Landed = Extract<AppendOutcome, { readonly position: number }>;

/** Appends what must land, and answers where it did. */
export const append = async (log: EventLog, records: readonly NewRecord[]): Promise<readonly Landed[]> => {
  const outcomes = await log.append(records);
  return outcomes.map((outcome) => {
    if ('error' in outcome) throw outcome.error;
    return outcome;
  });
};

/** Code of an outcome, or where it landed. */
export const codeOf = (outcome: AppendOutcome | undefined): string =>
  outcome !== undefined && 'error' in outcome ? outcome.error.code : `landed at ${outcome?.position}`;

/** The error something rejects with. */
export const errorOf = async (work: Promise<unknown>): Promise<EventLogError> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof EventLogError) return error;
    throw error;
  }
  throw new Error('it did not reject');
};

/** Everything a partition holds now. */
export const readAll = async (
  log: EventLog,
  partition: number,
  topic: string = RECORDS.name,
): Promise<readonly LogRecord[]> => {
  const bounds = (await log.ends(topic))[partition];
  if (bounds === undefined || bounds.first === bounds.end) return [];
  const records: LogRecord[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const reading = await log.readFrom(topic, partition, bounds.first, {
    records: (batch) => {
      records.push(...batch.records);
      if ((batch.records.at(-1)?.position ?? 0) + 1 >= bounds.end) resolve();
    },
    failed: reject,
  });
  await promise;
  await reading.stop();
  return records;
};

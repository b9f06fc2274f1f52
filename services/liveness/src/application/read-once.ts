import type { EventLog, LogRecord, Reading, ReadingHandler } from '@earshot/event-log';

/** Everything a compacted partition holds, newest value per key at least once, then the reading ends. */
export const readTableOnce = async (
  log: EventLog,
  source: { readonly topic: string; readonly partition: number },
  each: (record: LogRecord) => void,
): Promise<void> => {
  let failure: Error | undefined;
  let caughtUp = false;
  const reading = await log.readTable(source.topic, source.partition, {
    changed: (records) => {
      if (!caughtUp) records.forEach(each);
    },
    failed: (error) => {
      failure = error;
    },
  });
  caughtUp = true;
  await reading.stop();
  if (failure !== undefined) throw failure;
};

/** Reads from a position until `until` says that it has seen enough, then the reading ends. */
const readUntil = async (
  log: EventLog,
  source: { readonly topic: string; readonly partition: number; readonly position: number },
  until: (records: readonly LogRecord[]) => boolean,
): Promise<void> => {
  const opened: Reading[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      const handler: ReadingHandler = {
        records: (batch) => {
          if (until(batch.records)) resolve();
        },
        failed: reject,
      };
      log
        .readFrom(source.topic, source.partition, source.position, handler)
        .then((reading) => opened.push(reading), reject);
    });
  } finally {
    await Promise.all(opened.map((reading) => reading.stop()));
  }
};

/** The newest records of a partition, at most so many positions back from its end, in order. */
export const readTail = async (
  log: EventLog,
  source: { readonly topic: string; readonly partition: number; readonly positionsMax: number },
  each: (record: LogRecord) => void,
): Promise<void> => {
  const bounds = (await log.ends(source.topic))[source.partition];
  if (bounds === undefined || bounds.first >= bounds.end) return;
  const position = Math.max(bounds.first, bounds.end - source.positionsMax);
  await readUntil(log, { ...source, position }, (records) => {
    records.filter((record) => record.position < bounds.end).forEach(each);
    return (records.at(-1)?.position ?? -1) >= bounds.end - 1;
  });
};

/** The record at a position, or the first one after it. The partition must have one. */
export const readFirstRecord = async (
  log: EventLog,
  source: { readonly topic: string; readonly partition: number; readonly position: number },
): Promise<LogRecord> => {
  let first: LogRecord | undefined;
  await readUntil(log, source, (records) => {
    first ??= records[0];
    return first !== undefined;
  });
  if (first === undefined) throw new Error(`no record at or after ${source.position}`);
  return first;
};

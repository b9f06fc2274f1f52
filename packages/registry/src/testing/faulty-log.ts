import type { EventLog, NewRecord, PartitionBounds } from '@earshot/event-log';
import { EventLogError, type TableHandler } from '@earshot/event-log';

/** A real log in front of which faults can be put. */
export interface FaultyLog extends EventLog {
  /** Topics that take no records. */
  readonly refusing: Set<string>;
  /** What `ends` does instead of asking the log; null: ask it. */
  endsInstead: (() => Promise<readonly PartitionBounds[]>) | null;
  /** What `readTable` waits for before it begins. */
  beforeReading: () => Promise<void>;
  /** Ends every table reading under way as the log would. */
  failReadings(): void;
  /** Every group of records that was taken, in order. */
  readonly appended: (readonly NewRecord[])[];
}

export const createFaultyLog = (log: EventLog): FaultyLog => {
  const handlers = new Set<TableHandler>();
  const unavailable = (): EventLogError => new EventLogError('EARSHOT_LOG_UNAVAILABLE', 'on purpose');
  const faulty: FaultyLog = {
    refusing: new Set(),
    endsInstead: null,
    beforeReading: () => Promise.resolve(),
    appended: [],
    failReadings: () => {
      for (const handler of handlers) handler.failed(unavailable());
      handlers.clear();
    },
    prepare: (topics) => log.prepare(topics),
    append: async (records) => {
      if (records.some(({ topic }) => faulty.refusing.has(topic))) return records.map(() => ({ error: unavailable() }));
      faulty.appended.push(records);
      return log.append(records);
    },
    own: (topic, group, handler) => log.own(topic, group, handler),
    // oxlint-disable-next-line eslint/max-params -- the port's signature
    readFrom: (topic, partition, position, handler) => log.readFrom(topic, partition, position, handler),
    readTable: async (topic, partition, handler) => {
      await faulty.beforeReading();
      handlers.add(handler);
      return log.readTable(topic, partition, handler);
    },
    ends: (topic) => faulty.endsInstead?.() ?? log.ends(topic),
    close: () => log.close(),
  };
  return faulty;
};

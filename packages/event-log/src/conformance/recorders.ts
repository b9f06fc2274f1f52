import type {
  EventLogError,
  LogRecord,
  OwnershipHandler,
  PartitionBounds,
  ReadingHandler,
  RecordBatch,
  TableHandler,
} from '../port/index.ts';

/** Handlers that write down what they are told, and whose test can wait until they have been told enough. */

type TakeBatch = (batch: RecordBatch) => Promise<void> | void;

interface Watch {
  readonly happened: () => void;
  readonly until: (condition: () => boolean) => Promise<void>;
}

/** Waits without a clock: the condition is looked at whenever something happens. */
const createWatch = (): Watch => {
  const watching = new Map<() => boolean, () => void>();
  return {
    happened: () => {
      for (const [condition, resolve] of watching) {
        if (!condition()) continue;
        watching.delete(condition);
        resolve();
      }
    },
    until: async (condition) => {
      if (condition()) return;
      await new Promise<void>((resolve) => void watching.set(condition, resolve));
    },
  };
};

/** Turns of the event loop, for what must not happen: enough for anything that only waits for its turn. */
const TURNS = 20;

/** Lets everything happen that is not held back by something else. */
export const letTurnsPass = async (): Promise<void> => {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise(setImmediate);
};

export interface ReaderRecord {
  readonly handler: ReadingHandler;
  readonly batches: readonly RecordBatch[];
  readonly failures: readonly EventLogError[];
  /** All records so far, in the order told. */
  readonly records: readonly LogRecord[];
  values(): readonly (string | null)[];
  until(condition: () => boolean): Promise<void>;
  untilCount(records: number): Promise<void>;
}

/** A reader that writes a batch down, then does with it what the test wants. */
export const recordReader = (take: TakeBatch = () => undefined): ReaderRecord => {
  const batches: RecordBatch[] = [];
  const records: LogRecord[] = [];
  const failures: EventLogError[] = [];
  const { happened, until } = createWatch();
  return {
    handler: {
      records: async (batch) => {
        batches.push(batch);
        records.push(...batch.records);
        happened();
        await take(batch);
        happened();
      },
      failed: (error) => {
        failures.push(error);
        happened();
      },
    },
    batches,
    failures,
    records,
    values: () => records.map((record) => record.value),
    until,
    untilCount: (count) => until(() => records.length >= count),
  };
};

type OwnerEvent =
  | { readonly kind: 'assigned'; readonly partition: number; readonly bounds: PartitionBounds }
  | { readonly kind: 'records'; readonly partition: number; readonly batch: RecordBatch }
  | { readonly kind: 'revoked'; readonly partition: number }
  | { readonly kind: 'failed'; readonly partition: number; readonly error: EventLogError };

export interface OwnerRecord {
  readonly handler: OwnershipHandler;
  readonly events: readonly OwnerEvent[];
  /** Values of a partition so far, in the order told. */
  values(partition: number): readonly (string | null)[];
  count(kind: OwnerEvent['kind'], partition?: number): number;
  until(condition: () => boolean): Promise<void>;
}

export interface OwnerScript {
  /** The position to read from; the beginning unless said. */
  readonly from?: (partition: number, bounds: PartitionBounds) => number | Promise<number>;
  readonly take?: TakeBatch;
}

/** An owner that writes down what happens, then does what the script says. */
export const recordOwner = (script: OwnerScript = {}): OwnerRecord => {
  const events: OwnerEvent[] = [];
  const { happened, until } = createWatch();
  const note = (event: OwnerEvent): void => {
    events.push(event);
    happened();
  };
  const count: OwnerRecord['count'] = (kind, partition) =>
    events.filter((event) => event.kind === kind && (partition === undefined || event.partition === partition)).length;
  return {
    handler: {
      assigned: async (partition, bounds) => {
        note({ kind: 'assigned', partition, bounds });
        return script.from === undefined ? bounds.first : script.from(partition, bounds);
      },
      records: async (batch) => {
        note({ kind: 'records', partition: batch.partition, batch });
        await script.take?.(batch);
        happened();
      },
      revoked: (partition) => note({ kind: 'revoked', partition }),
      failed: (partition, error) => note({ kind: 'failed', partition, error }),
    },
    events,
    values: (partition) =>
      events.flatMap((event) =>
        event.kind === 'records' && event.partition === partition ? event.batch.records.map(({ value }) => value) : [],
      ),
    count,
    until,
  };
};

export interface TableRecord {
  readonly handler: TableHandler;
  /** The table as the changes made it. */
  readonly table: ReadonlyMap<string | null, string | null>;
  readonly records: readonly LogRecord[];
  readonly failures: readonly EventLogError[];
  until(condition: () => boolean): Promise<void>;
}

/** A table that is kept as its changes come; `change` may fail. */
export const recordTable = (change: (record: LogRecord) => void = () => undefined): TableRecord => {
  const table = new Map<string | null, string | null>();
  const records: LogRecord[] = [];
  const failures: EventLogError[] = [];
  const { happened, until } = createWatch();
  return {
    handler: {
      changed: (changes) => {
        for (const record of changes) {
          change(record);
          records.push(record);
          if (record.value === null) table.delete(record.key);
          else table.set(record.key, record.value);
        }
        happened();
      },
      failed: (error) => {
        failures.push(error);
        happened();
      },
    },
    table,
    records,
    failures,
    until,
  };
};

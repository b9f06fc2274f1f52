import type { UnreadableReason } from '@earshot/contracts';
import type { LogRecord } from '@earshot/event-log';
import type { Clock } from '@earshot/runtime';
import type { Catalog, Source, SourcePosition, UnreadableRecord } from '../application/catalog.ts';
import { SOURCE_TOPICS } from '../application/source-partitions.ts';
import { applyPartitionEventRecord } from './apply-partition-events.ts';
import { applyRegistryRecord } from './apply-registry.ts';
import { applyTransitionRecord } from './apply-transitions.ts';
import type { Database } from './database.ts';
import { integerOf } from './row-values.ts';

export const readSourcePosition = (database: Database, topic: string, partition: number): SourcePosition | null => {
  const row = database.first('SELECT position, at FROM source WHERE topic = :topic AND partition = :partition', {
    topic,
    partition,
  });
  return row === null ? null : { position: integerOf(row, 'position'), at: integerOf(row, 'at') };
};

/** Fills the catalog from the log: every record of a source once, in order, with the place to go on in the same transaction. */
export const createSources = (
  database: Database,
  options: { readonly clock: Clock; readonly onRegistry: () => void; readonly onIncidents: () => void },
): Catalog['sources'] => {
  const note = (source: Source, partition: number, position: number): void => {
    database.run(
      `INSERT INTO source VALUES (:topic, :partition, :position, :at) ON CONFLICT DO UPDATE
         SET position = max(position, excluded.position), at = excluded.at`,
      { topic: SOURCE_TOPICS[source], partition, position, at: Math.floor(options.clock.wallNow()) },
    );
  };
  const applyOne = (source: Source, partition: number, record: LogRecord): UnreadableReason | null => {
    switch (source) {
      case 'registry':
        return applyRegistryRecord(database, record);
      case 'transitions':
        return applyTransitionRecord(database, record);
      case 'incidents':
        return applyPartitionEventRecord(database, partition, record);
    }
  };
  const announce = (source: Source): void => {
    if (source === 'registry') options.onRegistry();
    if (source === 'incidents') options.onIncidents();
  };
  return {
    position: (source, partition) => readSourcePosition(database, SOURCE_TOPICS[source], partition),
    apply: (source, partition, records) => {
      const unreadable = database.transaction(() => {
        const found: UnreadableRecord[] = [];
        for (const record of records) {
          const reason = applyOne(source, partition, record);
          if (reason !== null) found.push({ position: record.position, reason });
        }
        const last = records.at(-1);
        if (last !== undefined) note(source, partition, last.position + 1);
        return found;
      });
      announce(source);
      return unreadable;
    },
    noteReached: (source, partition, position) => {
      note(source, partition, position);
      announce(source);
    },
  };
};

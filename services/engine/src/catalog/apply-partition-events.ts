import { decodePartitionEvent, type PartitionEventDocument, type UnreadableReason } from '@earshot/contracts';
import type { LogRecord } from '@earshot/event-log';
import { isBeforeFirstKnock } from '../domain/before-first-knock.ts';
import type { Database } from './database.ts';

type Opened = Extract<PartitionEventDocument, { event: 'fleet-silence-opened' }>;
type Closed = Extract<PartitionEventDocument, { event: 'fleet-silence-closed' }>;
type Recorded = Extract<PartitionEventDocument, { event: 'outage-recorded' }>;

const addOutage = (database: Database, partition: number, { id, outage }: Recorded): UnreadableReason | null => {
  const from = Date.parse(outage.from);
  const to = Date.parse(outage.to);
  if (!Number.isFinite(from) || !Number.isFinite(to)) return 'schema';
  if (isBeforeFirstKnock({ from })) return null;
  database.run(
    `INSERT OR IGNORE INTO outage (id, partition, from_at, to_at, cause, ingest)
     VALUES (:id, :partition, :from, :to, :cause, :ingest)`,
    { id, partition, from, to, cause: outage.cause, ingest: outage.ingest },
  );
  return null;
};

/** A partition has one hold at a time: whatever of it is open below this position has ended. */
const closeSilences = (
  database: Database,
  partition: number,
  ending: { readonly position: number; readonly at: number; readonly reason: string; by: string; note: string },
): void => {
  database.run(
    `UPDATE silence SET closed_at = :at, reason = :reason, closed_by = :by, note = :note
     WHERE partition = :partition AND closed_at IS NULL AND position < :position`,
    { ...ending, partition },
  );
};

const openSilence = (database: Database, partition: number, event: Opened & { readonly openedAt: number }): void => {
  const { id, position, openedAt } = event;
  const ending = { position, at: openedAt, reason: 'recovered', by: '', note: '' };
  closeSilences(database, partition, ending);
  database.run(
    `INSERT OR IGNORE INTO silence (id, partition, position, opened_at, late, listed)
     VALUES (:id, :partition, :position, :openedAt, :late, :listed)`,
    { id, partition, position, openedAt, late: event.late, listed: event.listed },
  );
};

const applySilence = (database: Database, partition: number, event: Opened | Closed): UnreadableReason | null => {
  const at = Date.parse(event.at);
  if (!Number.isFinite(at)) return 'schema';
  if (event.event === 'fleet-silence-opened') {
    openSilence(database, partition, { ...event, late: event.late ?? 0, listed: event.listed ?? 0, openedAt: at });
  } else {
    const { position, reason, by, note } = event;
    closeSilences(database, partition, { position, at, reason: reason ?? 'recovered', by: by ?? '', note: note ?? '' });
  }
  return null;
};

/** Takes one incidents record in; a repeated one changes nothing. Answers why it could not be read. */
export const applyPartitionEventRecord = (
  database: Database,
  partition: number,
  record: LogRecord,
): UnreadableReason | null => {
  if (record.value === null) return 'not_json';
  const decoded = decodePartitionEvent(record.value);
  if ('unreadable' in decoded) return decoded.unreadable;
  const event = decoded.value;
  if (event.event !== 'outage-recorded') return applySilence(database, partition, event);
  return event.outage === undefined ? 'schema' : addOutage(database, partition, event);
};

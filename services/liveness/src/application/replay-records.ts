import {
  decodeHeartbeatTopicRecord,
  type DurationMs,
  type HeartbeatTopicRecord,
  type PartitionEvent,
  type Transition,
  type UnreadableReason,
} from '@earshot/contracts';
import { createPartitionFold } from '../domain/create-partition-fold.ts';
import type { FoldRecord } from '../domain/partition-fold.ts';

export interface ReplayOptions {
  readonly partition: number;
  /** Replaces the ttl of every heartbeat and every setting; null leaves them as they are. */
  readonly ttlMs: DurationMs | null;
}

/** What became of one line. */
export type ReplayedLine =
  /** Folded; `printed` are the lines that come of it. */
  | { readonly outcome: 'folded'; readonly printed: readonly string[] }
  /** No schema fits the record: as in production it moved position and now, and nothing else. */
  | { readonly outcome: 'unreadable'; readonly position: number; readonly reason: UnreadableReason }
  /** The line is no record of a log, or not the next one; it was left out. */
  | { readonly outcome: 'refused'; readonly reason: string };

/** Folds lines of a recorded partition, one at a time, with the code that production folds with. */
export interface Replay {
  replay(line: string): ReplayedLine;
}

/** A replay from the empty state. Never throws for what a line says. */
export const createReplay = ({ partition, ttlMs }: ReplayOptions): Replay => {
  const fold = createPartitionFold(partition);
  return {
    replay: (line) => {
      const read = readLine(line);
      if ('refused' in read) return { outcome: 'refused', reason: read.refused };
      const { position, appendedAt, key } = read;
      if (position <= fold.position) {
        return { outcome: 'refused', reason: `position ${position} is not above ${fold.position}, the one before` };
      }
      const decoded = decodeHeartbeatTopicRecord(key, read.value);
      const record: FoldRecord['record'] = 'value' in decoded ? withTtl(decoded.value, ttlMs) : null;
      const { transitions, events } = fold.fold({ position, appendedAt, key, record });
      if ('unreadable' in decoded) return { outcome: 'unreadable', position, reason: decoded.unreadable };
      return { outcome: 'folded', printed: [...events.map(printEvent), ...inOrder(transitions).map(printTransition)] };
    },
  };
};

interface RecordedRecord {
  readonly position: number;
  readonly appendedAt: number;
  readonly key: string | null;
  readonly value: string | null;
}

const readLine = (line: string): RecordedRecord | { readonly refused: string } => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { refused: 'not JSON' };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return { refused: 'not an object' };
  const members = new Map<string, unknown>(Object.entries(parsed));
  const position = members.get('position');
  const appendedAt = members.get('appendedAt');
  const key = members.get('key') ?? null;
  const value = members.get('value') ?? null;
  if (!isCount(position)) return { refused: 'position is not a whole number' };
  if (!isCount(appendedAt)) return { refused: 'appendedAt is not a whole number of milliseconds' };
  if (key !== null && typeof key !== 'string') return { refused: 'key is neither a string nor null' };
  return { position, appendedAt, key, value: value === null ? null : JSON.stringify(value) };
};

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const withTtl = (record: HeartbeatTopicRecord, ttlMs: DurationMs | null): HeartbeatTopicRecord =>
  ttlMs !== null && 'ttl_ms' in record ? { ...record, ttl_ms: ttlMs } : record;

/** As they are published: those of one record by system_id, in UTF-16 code units. */
const inOrder = (transitions: readonly Transition[]): readonly Transition[] =>
  transitions.toSorted((a, b) => (a.systemId < b.systemId ? -1 : 1));

const printTransition = (transition: Transition): string =>
  JSON.stringify({
    id: transition.id,
    system_id: transition.systemId,
    sequence: transition.sequence,
    to: transition.to,
    occurred_at: transition.occurredAt,
    decided_at: transition.decidedAt,
    ...(transition.evidence.rule !== null && { rule: transition.evidence.rule }),
  });

const printEvent = ({ id, event, ...members }: PartitionEvent): string => JSON.stringify({ id, event, ...members });

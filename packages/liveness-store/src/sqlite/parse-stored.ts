import type { PartitionState, SystemRow, SystemState } from '@earshot/contracts';
import type { PartitionView, Publication } from '../port/index.ts';
import { type Columns, integerOf, integerOrNullOf, textOf } from './columns.ts';
import { UnreadableProjectionError } from './sqlite-errors.ts';

/**
 * Stored rows as what they were written from. All throw UnreadableProjectionError for what cannot have been written by
 * this version: the projection is then as good as lost.
 */

/** Stored as its index. Its order is part of the schema. */
export const STATES: readonly SystemState[] = ['unseen', 'online', 'offline'];

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableProjectionError('a stored document is not JSON', { cause: error });
  }
};

const parseState = (text: string): PartitionState => parseJson(text) as PartitionState;

export const parsePublication = (columns: Columns): Publication =>
  parseJson(textOf(columns, 'publication')) as Publication;

/** What readers see of a partition, but for what is derived from its systems. */
export const parseView = (columns: Columns): Omit<PartitionView, 'late' | 'held'> => ({
  partition: integerOf(columns, 'partition'),
  state: parseState(textOf(columns, 'state')),
  owner: textOf(columns, 'owner'),
  endSeen: integerOf(columns, 'end_seen'),
  committedAt: integerOf(columns, 'committed_at'),
});

export const parseSystem = (columns: Columns): SystemRow => {
  const since = integerOf(columns, 'since');
  const seenBeforeMs = integerOrNullOf(columns, 'seen_before_ms');
  const state = STATES[integerOf(columns, 'state')];
  if (state === undefined) throw new UnreadableProjectionError('a system has no state we know');
  return {
    systemId: textOf(columns, 'system_id'),
    fleet: textOf(columns, 'fleet'),
    ttlMs: integerOf(columns, 'ttl_ms'),
    ttlRevision: integerOf(columns, 'ttl_revision'),
    revision: integerOf(columns, 'revision'),
    registration: integerOf(columns, 'registration'),
    state,
    paused: integerOf(columns, 'paused') === 1,
    retiredAt: integerOrNullOf(columns, 'retired_at'),
    lastSeen: seenBeforeMs === null ? null : since - seenBeforeMs,
    since,
    openAt: integerOf(columns, 'open_at'),
    sequence: integerOf(columns, 'sequence'),
    mutedTo: integerOf(columns, 'muted_to'),
    credential: textOf(columns, 'credential'),
  };
};

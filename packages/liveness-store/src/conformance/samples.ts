import type { EpochMs, PartitionState, SystemRow, Transition } from '@earshot/contracts';
import type { PartitionCommit, PartitionRewrite, Publication, StoredPartition, SystemChange } from '../port/index.ts';

/**
 * Contents for tests. They hang together as the fold's do: a partition that has been open since OPEN_SINCE, systems
 * whose openAt is the open time at their since.
 */

export const OPEN_SINCE: EpochMs = 1_753_000_000_000;
export const NOW: EpochMs = OPEN_SINCE + 36_000_000;
export const TTL_MS = 1_500_000;

export const stateAt = (position: number, members: Partial<PartitionState> = {}): PartitionState => ({
  position,
  now: NOW + position,
  proven: NOW,
  openSince: OPEN_SINCE,
  open: NOW - OPEN_SINCE,
  lastKnock: NOW,
  hold: 'none',
  holdOpenedAt: null,
  holdClosedAt: null,
  listeners: [{ ingest: 'ingest-1', at: NOW, n: 17, timer: NOW, leaving: false }],
  ledger: [{ from: OPEN_SINCE - 5_000, to: OPEN_SINCE, cause: 'nobody_listened', ingest: '' }],
  ...members,
});

/** An online system that was heard at `since`. */
export const systemHeardAt = (systemId: string, since: EpochMs = NOW, members: Partial<SystemRow> = {}): SystemRow => ({
  systemId,
  fleet: 'default',
  ttlMs: TTL_MS,
  ttlRevision: 3,
  revision: 2,
  registration: 1,
  state: 'online',
  paused: false,
  retiredAt: null,
  lastSeen: since,
  since,
  openAt: since - OPEN_SINCE,
  sequence: 1,
  mutedTo: -1,
  credential: 'a1b2c3d4',
  ...members,
});

export const whole = (row: SystemRow): SystemChange => ({ row, heartbeatOnly: false });
export const heartbeat = (row: SystemRow): SystemChange => ({ row, heartbeatOnly: true });

const transitionAt = (position: number, systemId: string): Transition => ({
  id: `${position}/${systemId}`,
  position,
  systemId,
  fleet: 'default',
  registration: 1,
  sequence: 2,
  from: 'online',
  to: 'offline',
  occurredAt: NOW,
  decidedAt: NOW + position,
  evidence: {
    lastSeen: NOW - TTL_MS,
    since: NOW - TTL_MS,
    ttlMs: TTL_MS,
    proven: NOW,
    openSince: OPEN_SINCE,
    openMs: TTL_MS,
    rule: 'contiguous',
    outages: [{ from: 1, to: 2, cause: 'vanished', ingest: '"ingest": \u{1F4A5}' }],
    hold: 'released',
    heldMs: 12,
  },
});

export const transition = (position: number, systemId: string): Publication => ({
  kind: 'transition',
  position,
  transition: transitionAt(position, systemId),
});
export const retirement = (position: number, systemId: string): Publication => ({
  kind: 'retirement',
  position,
  systemId,
});
export const outageEvent = (position: number): Publication => ({
  kind: 'event',
  position,
  event: {
    id: `0/${position}/outage-recorded`,
    position,
    at: NOW + position,
    event: 'outage-recorded',
    outage: { from: NOW, to: NOW + 5, cause: 'not_heard', ingest: 'ingest-1' },
  },
});

/** A commit of partition 0 that brings it from `expected` to `position`. */
export const commitTo = (
  expected: number | null,
  position: number,
  members: Partial<PartitionCommit> = {},
): PartitionCommit => ({
  partition: 0,
  owner: 'owner-1',
  expected,
  state: stateAt(position),
  systems: [],
  removed: [],
  publications: [],
  endSeen: position + 1,
  committedAt: NOW + position,
  ...members,
});

/** A part of a rewrite of partition 0 to `position`; first and last at once unless said otherwise. */
export const rewriteTo = (position: number, members: Partial<PartitionRewrite> = {}): PartitionRewrite => {
  const { expected: _, ...content } = commitTo(null, position);
  return { ...content, first: true, last: true, ...members };
};

const compareIds = (one: SystemRow, other: SystemRow): number => (one.systemId < other.systemId ? -1 : 1);

/** Rows in order of system_id, as answers have no order of their own. */
export const sorted = (rows: readonly SystemRow[]): readonly SystemRow[] => rows.toSorted(compareIds);

/** What was loaded, comparable. */
export const comparable = (stored: StoredPartition | null): StoredPartition | null =>
  stored === null ? null : { ...stored, systems: sorted(stored.systems) };

/** Distinct ids `<prefix>-0`, `<prefix>-1`, ... */
export const idsOf = (count: number, prefix = 'system'): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

import {
  type EpochMs,
  type PartitionState,
  type SystemRow,
  type SystemState,
  toIsoOrNull,
  type VerdictDocument,
} from '@earshot/contracts';
import type { KnownSystem } from './system-query.ts';

/** A system as operators and machines see it. */
export interface SystemDocument {
  readonly system_id: string;
  readonly name: string;
  readonly fleet: string;
  readonly tags: readonly string[];
  readonly interval_seconds: number;
  readonly ttl_seconds: number;
  readonly state: SystemState;
  readonly late: boolean;
  readonly held: boolean;
  readonly paused: boolean;
  readonly paused_until: string | null;
  readonly retired: boolean;
  readonly last_seen: string | null;
  readonly state_since: string | null;
  /** Online: when it will be due if its partition stays open. Offline: when it was. */
  readonly offline_at: string | null;
  readonly verdict: VerdictDocument | null;
}

/** What the projection says about a system: its row, and the partition it stands in. */
export interface FreshSystem {
  readonly row: SystemRow;
  readonly partition: PartitionState;
  /** Silent for 3/4 of its ttl of contiguous open time. */
  readonly late: boolean;
  /** Due, but its partition holds verdicts. */
  readonly held: boolean;
}

const MS_PER_SECOND = 1_000;

interface Liveness {
  readonly state: SystemState;
  readonly stateSince: EpochMs | null;
  readonly verdict: VerdictDocument | null;
  readonly lastSeen: EpochMs | null;
  readonly offlineAt: EpochMs | null;
}

/** The projection is committed before its transitions are published: for a moment it may be ahead of the catalog. */
const isAhead = (row: SystemRow, known: KnownSystem): boolean =>
  row.sequence > 0 &&
  (row.registration > known.registration || (row.registration === known.registration && row.sequence > known.sequence));

/** When an online system will be due, if its partition stays open. */
export const dueAt = (row: SystemRow, partition: PartitionState): EpochMs =>
  Math.max(row.since, partition.openSince) + row.ttlMs;

const offlineAtOf = (state: SystemState, known: KnownSystem, fresh: FreshSystem | null): EpochMs | null => {
  if (state === 'unseen') return null;
  if (state === 'offline') return known.state === 'offline' ? known.offlineAt : null;
  if (known.paused) return null;
  return fresh === null ? known.offlineAt : dueAt(fresh.row, fresh.partition);
};

const livenessOf = (known: KnownSystem, fresh: FreshSystem | null): Liveness => {
  const ahead = fresh !== null && isAhead(fresh.row, known);
  const state = ahead ? fresh.row.state : known.state;
  return {
    state,
    stateSince: ahead ? null : known.stateSince,
    verdict: ahead || state !== 'offline' ? null : known.verdict,
    lastSeen: fresh === null ? known.lastSeen : fresh.row.lastSeen,
    offlineAt: offlineAtOf(state, known, fresh),
  };
};

/** Rows of an earlier registration say nothing about this one. */
const usable = (known: KnownSystem, fresh: FreshSystem | null): FreshSystem | null =>
  fresh === null || known.retired || fresh.row.retiredAt !== null || fresh.row.registration < known.registration
    ? null
    : fresh;

/**
 * What is known of a system, made fresh by what the projection says where it can be read (`fresh` is null where not). State,
 * since when, and verdict always belong together: where the projection is ahead of the history for a moment, its state is shown
 * and the other two are null.
 */
export const presentSystem = (known: KnownSystem, found: FreshSystem | null): SystemDocument => {
  const fresh = usable(known, found);
  const liveness = livenessOf(known, fresh);
  return {
    system_id: known.systemId,
    name: known.name,
    fleet: known.fleet,
    tags: known.tags,
    interval_seconds: known.intervalMs / MS_PER_SECOND,
    ttl_seconds: known.ttlMs / MS_PER_SECOND,
    state: liveness.state,
    late: fresh?.late ?? false,
    held: fresh?.held ?? false,
    paused: known.paused,
    paused_until: toIsoOrNull(known.pausedUntil),
    retired: known.retired,
    last_seen: toIsoOrNull(liveness.lastSeen),
    state_since: toIsoOrNull(liveness.stateSince),
    offline_at: toIsoOrNull(liveness.offlineAt),
    verdict: liveness.verdict,
  };
};

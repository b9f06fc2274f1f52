import {
  type DurationMs,
  type EpochMs,
  outageDocument,
  type OutageDocument,
  type PartitionState,
  toIsoOrNull,
} from '@earshot/contracts';
import { isBeforeFirstKnock } from './before-first-knock.ts';

/** Proven time that has not moved for so long, on the engine's own monotonic clock: nobody is heard (G10). */
export const NOT_HEARD_MS: DurationMs = 5_000;
/** No commit for so long while records arrive: nobody works on the partition (G10). */
export const UNOWNED_MS: DurationMs = 10_000;
/** Proven time so far below wall time: moving, but not at the present. */
export const BEHIND_MS: DurationMs = 30_000;

/** What the projection shows of a partition. */
export interface PartitionSeen {
  readonly partition: number;
  readonly state: PartitionState;
  readonly owner: string;
  readonly committedAt: EpochMs;
  readonly late: number;
  readonly held: number;
}

/** What is wrong with a partition, worst first; `listening` when nothing is. A closed list. */
type PartitionCondition = 'rebuilding' | 'unowned' | 'not_heard' | 'behind' | 'closed' | 'listening';

export interface PartitionObservation {
  readonly partition: number;
  readonly condition: PartitionCondition;
  /** Null while the projection does not have it. */
  readonly seen: PartitionSeen | null;
  readonly behindMs: DurationMs | null;
  /** Null while the log does not say. */
  readonly behindRecords: number | null;
}

/** What has to be remembered of a partition to tell whether it moves. Times are the engine's monotonic clock. */
interface Motion {
  readonly proven: EpochMs;
  readonly provenMovedAt: DurationMs;
  readonly commit: string;
  readonly committedAt: DurationMs;
  readonly endAtCommit: number | null;
}
export type Motions = ReadonlyMap<number, Motion>;

export interface PartitionsReading {
  /** How many there are, whether or not the projection has them. */
  readonly partitions: number;
  readonly seen: readonly PartitionSeen[];
  /** The log's end per partition; empty when it could not be asked. */
  readonly ends: ReadonlyMap<number, number>;
  readonly monotonicNow: DurationMs;
  readonly wallNow: EpochMs;
}

export interface PartitionsObserved {
  readonly partitions: readonly PartitionObservation[];
  readonly motions: Motions;
  /** The oldest proven time of all partitions; null while one has never been heard. */
  readonly proven: EpochMs | null;
}

interface At {
  readonly partition: number;
}

const NEVER_SEEN: Motion = { proven: -1, provenMovedAt: 0, commit: '', committedAt: 0, endAtCommit: null };

/**
 * A first look cannot tell whether proven time moves. By wall time it can: one that is far from the present stood still before. (One
 * that was never heard is closed.)
 */
const movedAtFirst = (proven: EpochMs, { monotonicNow, wallNow }: PartitionsReading): DurationMs =>
  proven > 0 && wallNow - proven > NOT_HEARD_MS ? monotonicNow - NOT_HEARD_MS : monotonicNow;

const provenMovedAtOf = (last: Motion, seen: PartitionSeen | null, reading: PartitionsReading): DurationMs => {
  const proven = seen?.state.proven ?? 0;
  if (last.commit === '') return movedAtFirst(proven, reading);
  return proven === last.proven ? last.provenMovedAt : reading.monotonicNow;
};

const follow = (before: Motion | undefined, seen: PartitionSeen | null, reading: PartitionsReading & At): Motion => {
  const proven = seen?.state.proven ?? 0;
  const commit = seen === null ? '' : `${seen.owner} ${seen.committedAt} ${seen.state.position}`;
  const last = before ?? NEVER_SEEN;
  const committed = before === undefined || commit !== last.commit;
  return {
    proven,
    provenMovedAt: provenMovedAtOf(last, seen, reading),
    commit,
    committedAt: committed ? reading.monotonicNow : last.committedAt,
    endAtCommit: committed ? (reading.ends.get(reading.partition) ?? null) : last.endAtCommit,
  };
};

/** Open now: the open stretch has a length. One that begins exactly at proven time was closed by the newest knock. */
const isOpen = (state: PartitionState): boolean => state.proven > state.openSince;

const conditionOf = (
  seen: PartitionSeen | null,
  motion: Motion,
  reading: PartitionsReading & At,
): PartitionCondition => {
  const end = reading.ends.get(reading.partition) ?? null;
  const endMoved = end !== null && motion.endAtCommit !== null && end > motion.endAtCommit;
  if (endMoved && reading.monotonicNow - motion.committedAt >= UNOWNED_MS) return 'unowned';
  if (seen === null) return 'rebuilding';
  if (reading.monotonicNow - motion.provenMovedAt >= NOT_HEARD_MS) return 'not_heard';
  if (seen.state.proven === 0) return 'closed';
  if (reading.wallNow - seen.state.proven > BEHIND_MS) return 'behind';
  return isOpen(seen.state) ? 'listening' : 'closed';
};

const observeOne = (
  seen: PartitionSeen | null,
  motion: Motion,
  reading: PartitionsReading & At,
): PartitionObservation => {
  const end = reading.ends.get(reading.partition) ?? null;
  return {
    partition: reading.partition,
    condition: conditionOf(seen, motion, reading),
    seen,
    behindMs: seen === null || seen.state.proven === 0 ? null : Math.max(0, reading.wallNow - seen.state.proven),
    behindRecords: end === null ? null : Math.max(0, end - ((seen?.state.position ?? -1) + 1)),
  };
};

/** The partitions as readers are to see them, and what to remember for the next look. */
export const observePartitions = (before: Motions, reading: PartitionsReading): PartitionsObserved => {
  const seenBy = new Map(reading.seen.map((seen) => [seen.partition, seen]));
  const motions = new Map<number, Motion>();
  const partitions: PartitionObservation[] = [];
  for (let partition = 0; partition < reading.partitions; partition += 1) {
    const seen = seenBy.get(partition) ?? null;
    const motion = follow(before.get(partition), seen, { ...reading, partition });
    motions.set(partition, motion);
    partitions.push(observeOne(seen, motion, { ...reading, partition }));
  }
  const oldest = Math.min(...partitions.map(({ seen }) => seen?.state.proven ?? 0));
  return { partitions, motions, proven: oldest > 0 ? oldest : null };
};

/** A partition as operators see it. */
export interface PartitionDocument {
  readonly partition: number;
  readonly condition: PartitionCondition;
  readonly now: string | null;
  readonly proven: string | null;
  readonly open: boolean;
  readonly behind_seconds: number | null;
  readonly behind_records: number | null;
  readonly owner: string | null;
  readonly listeners: readonly string[];
  readonly hold: 'none' | 'on' | 'released';
  readonly late: number;
  readonly held: number;
  /** The newest stretch in which we could not hear; null if there was none. */
  readonly outage: OutageDocument | null;
}

const MS_PER_SECOND = 1_000;
/** Conditions in which the last known stretch may long be over: then it is not shown as open. */
const STANDING_STILL: ReadonlySet<PartitionCondition> = new Set(['rebuilding', 'unowned', 'not_heard']);
/** Log time 0 stands for never. */
const instant = (at: EpochMs): string | null => toIsoOrNull(at === 0 ? null : at);

type SeenMembers = Omit<PartitionDocument, 'partition' | 'condition' | 'behind_seconds' | 'behind_records'>;

const NOTHING_SEEN: SeenMembers = {
  now: null,
  proven: null,
  open: false,
  owner: null,
  listeners: [],
  hold: 'none',
  late: 0,
  held: 0,
  outage: null,
};

const presentSeen = ({ state, owner, late, held }: PartitionSeen, condition: PartitionCondition): SeenMembers => {
  const newestOutage = state.ledger.at(-1);
  return {
    now: instant(state.now),
    proven: instant(state.proven),
    open: isOpen(state) && !STANDING_STILL.has(condition),
    owner,
    listeners: state.listeners.map((listener) => listener.ingest),
    hold: state.hold,
    late,
    held,
    outage: newestOutage === undefined || isBeforeFirstKnock(newestOutage) ? null : outageDocument(newestOutage),
  };
};

export const presentPartition = (observation: PartitionObservation): PartitionDocument => {
  const { partition, condition, seen } = observation;
  return {
    partition,
    condition,
    behind_seconds: observation.behindMs === null ? null : observation.behindMs / MS_PER_SECOND,
    behind_records: observation.behindRecords,
    ...(seen === null ? NOTHING_SEEN : presentSeen(seen, condition)),
  };
};

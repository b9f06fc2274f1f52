import type {
  EpochMs,
  HeartbeatTopicRecord,
  PartitionEvent,
  PartitionState,
  SystemRow,
  Transition,
} from '@earshot/contracts';

/** One record of a partition, decoded. */
export interface FoldRecord {
  readonly position: number;
  readonly appendedAt: EpochMs;
  /** The system_id; null for knocks and releases. */
  readonly key: string | null;
  /** Null: no schema fits it; it moves position and now only. */
  readonly record: HeartbeatTopicRecord | null;
}

/** Why a record that could be read changed nothing but position and now. A closed list: it labels a metric. */
export type IgnoredReason = 'other_fleet' | 'retired' | 'stale_revision' | 'repeated_knock';

/** What one record brings about. */
export interface FoldEffects {
  /** In no particular order: the order by system_id matters to what is published, not to the state, so it is made there. */
  readonly transitions: readonly Transition[];
  readonly events: readonly PartitionEvent[];
  readonly ignored: IgnoredReason | null;
}

/** What changed since the last taking: what a commit has to store. */
export interface FoldChanges {
  readonly systems: readonly { readonly row: SystemRow; readonly heartbeatOnly: boolean }[];
  readonly removed: readonly string[];
}

/** Settings that the registry has for a system now. */
export interface CurrentSettings {
  readonly systemId: string;
  readonly fleet: string;
  readonly ttlMs: number;
  /** Registry position the settings rest on. */
  readonly revision: number;
  readonly paused: boolean;
  readonly retired: boolean;
  /**
   * No transitions of it up to this position: either they are published already, or the log up to there was written under settings
   * that are not known any more, and would be judged wrongly by those of now. -1: none.
   */
  readonly mutedTo: number;
}

/** A system as the registry and the published transitions know it, when there is no projection to load. */
export interface KnownSystem extends CurrentSettings {
  /** Its published transition of the highest position, if there is one. */
  readonly published: {
    readonly position: number;
    readonly sequence: number;
    readonly registration: number;
    readonly state: 'online' | 'offline';
  } | null;
}

/** Numbers of systems, kept up to date as they change: reading them costs nothing. */
export interface FoldCounts {
  readonly systems: number;
  readonly unseen: number;
  readonly online: number;
  readonly offline: number;
  readonly paused: number;
}

/**
 * The verdicts of one partition: a deterministic fold over its records in log order. No clock, no randomness, no I/O, no await.
 * Given the same records it reaches the same state and the same effects, whoever folds them and in whatever pieces.
 * Cost: O(1) for each heartbeat, O(due) for each knock, however many systems there are (V3).
 */
export interface PartitionFold {
  readonly partition: number;
  /** Folds the next record. The caller gives them in order; one at or below `position` is a programmer's error and throws. */
  fold(record: FoldRecord): FoldEffects;
  /** Position of the record folded last; -1 before the first. */
  readonly position: number;
  readonly now: EpochMs;
  readonly proven: EpochMs;
  /** Distinct systems changed since `takeChanges`, the removed ones included. */
  readonly changedCount: number;
  /** Steps taken so far in lists and heaps: the cost that V3 bounds, as a number that is the same on every machine. */
  readonly operations: number;
  /** What changed since the last call, newest value per system. */
  takeChanges(): FoldChanges;
  /** The whole partition state as plain data. */
  state(): PartitionState;
  counts(): FoldCounts;
  /** Every system known, for rewriting a projection that was lost. */
  rows(): IterableIterator<SystemRow>;
  row(systemId: string): SystemRow | null;
  /**
   * S2: the records between the stored position and `oldest` are lost to us. Closes time up to `oldest.appendedAt`, takes settings
   * from the registry, restarts every since there and forgets the listeners; state, sequence and last_seen stay. The next record to
   * fold is `oldest`. Answers the effects (the outage).
   */
  loseGround(
    oldest: { readonly position: number; readonly appendedAt: EpochMs },
    settings: Iterable<CurrentSettings>,
  ): FoldEffects;
}

/** Makes a fold: empty, or continuing from what a projection has stored. */
export type CreatePartitionFold = (
  partition: number,
  stored?: { readonly state: PartitionState; readonly systems: Iterable<SystemRow> },
) => PartitionFold;

/**
 * S4: a fold for a partition without projection, from what the registry and the published transitions know. `start` is the first
 * record that will be folded.
 */
export type RebuildPartitionFold = (
  partition: number,
  start: { readonly position: number; readonly appendedAt: EpochMs },
  known: Iterable<KnownSystem>,
) => PartitionFold;

import type { EpochMs, PartitionEvent, PartitionState, SystemRow, Transition } from '@earshot/contracts';

/**
 * Changed systems at which an owner commits instead of waiting for more; also what one part of a rewrite carries at
 * most.
 */
export const COMMIT_SYSTEMS_MAX = 5_000;

/**
 * Changed and removed systems one commit carries at most: what had gathered, and as many that the last record alone
 * changed.
 */
export const COMMIT_CHANGES_MAX: number = 2 * COMMIT_SYSTEMS_MAX;

/** Ids one read may ask for, and rows it answers at most. */
export const READ_SYSTEMS_MAX = 500;

/**
 * Something to be published. Those of one record share its position: the partition's events first, then transitions by
 * system_id.
 */
export type Publication =
  | { readonly kind: 'transition'; readonly position: number; readonly transition: Transition }
  | { readonly kind: 'event'; readonly position: number; readonly event: PartitionEvent }
  /** The system was retired: what was published about it is withdrawn. */
  | { readonly kind: 'retirement'; readonly position: number; readonly systemId: string };

/** A change of the projection, accepted or refused as a whole. */
export interface PartitionCommit {
  readonly partition: number;
  /** Random name of this owner's ownership: tells the parts of one rewriting from another's. */
  readonly owner: string;
  /**
   * The position that must be stored. Null: nothing must be stored; the remains of a rewrite that was not finished
   * count as nothing and are dropped.
   */
  readonly expected: number | null;
  /** The whole partition state; its `position` is stored. */
  readonly state: PartitionState;
  /** Changed systems, each once; with `removed` at most COMMIT_CHANGES_MAX. None of them is also in `removed`. */
  readonly systems: readonly SystemChange[];
  /** Systems that are forgotten. */
  readonly removed: readonly string[];
  /** What is to be published, in order; it stays in the outbox until marked. */
  readonly publications: readonly Publication[];
  /** End position of the partition as the owner last saw it. */
  readonly endSeen: number;
  /** Wall time of the owner, for readers who want to see that someone is at work. Decides nothing. */
  readonly committedAt: EpochMs;
}

export interface SystemChange {
  readonly row: SystemRow;
  /**
   * True: since the last commit nothing but since, openAt, lastSeen and credential moved: the cheap and usual case. The
   * row is whole all the same, and a store that does not know the system stores it whole.
   */
  readonly heartbeatOnly: boolean;
}

/**
 * Everything anew, in parts, when the store was lost or rolled back. `first` drops whatever is stored and marks the
 * partition as being rewritten: loaders see it as missing. `middle` and `last` need the same owner's mark. `last`
 * stores the position. One call may be first and last at once.
 */
export interface PartitionRewrite extends Omit<PartitionCommit, 'expected'> {
  readonly first: boolean;
  readonly last: boolean;
}

export type CommitOutcome =
  | { readonly accepted: true }
  /** `stored`: the position found; null: missing or being rewritten. Nothing was changed. */
  | { readonly accepted: false; readonly stored: number | null };

/** What a restart finds. */
export interface StoredPartition {
  readonly state: PartitionState;
  readonly systems: readonly SystemRow[];
  /** Committed and not yet marked as published, in order. */
  readonly outbox: readonly Publication[];
}

/** What readers see of a partition without its systems. */
export interface PartitionView {
  readonly partition: number;
  readonly state: PartitionState;
  readonly owner: string;
  readonly endSeen: number;
  readonly committedAt: EpochMs;
  /**
   * Systems late or held now, as `isLate` and `isHeld` say: all of them counted, at most READ_SYSTEMS_MAX named by
   * `readLate`.
   */
  readonly late: number;
  readonly held: number;
}

/** A system that is late or held: silent, but not (yet) offline. */
export interface LateSystem {
  readonly systemId: string;
  readonly late: boolean;
  readonly held: boolean;
}

/** Some of a partition's systems, and where to go on; a null cursor: that was the last page. */
export interface SystemPage {
  readonly rows: readonly SystemRow[];
  readonly cursor: string | null;
}

/**
 * The projection: what readers query and a restart continues from. Disposable: it can be rebuilt from the log.
 *
 * - P1 load gives exactly what the commits up to one position made, the whole partition state included
 * - P2 commit is atomic and compare-and-set on the position; a refused commit changes nothing and says which position
 *   is stored
 * - P3 publications keep order and stay listed as unpublished until marked
 * - P4 a heartbeat costs one small write; load recomputes the rest exactly
 * - P5 nothing disappears by age; missing is not an error
 * - P6 a lost or rolled-back store is recognised: position missing or lower than known
 * - P7 all keys of one commit lie together, so that a cluster can take it
 *
 * Operating errors reject with LivenessStoreError; more than a stated bound, and a partition or cursor that cannot be,
 * with RangeError. Calls may overlap; those of one store take effect one after the other.
 *
 * After a `commit` or `rewrite` that rejected it is unknown whether it landed. The same one may simply be tried again:
 * if the first try landed, the second is refused with `stored` being its own position. (A `rewrite` is tried again from
 * its first part.)
 */
export interface LivenessStore {
  /** Null: nothing stored, or a rewrite was not finished. Systems come in no particular order. */
  load(partition: number): Promise<StoredPartition | null>;
  commit(commit: PartitionCommit): Promise<CommitOutcome>;
  rewrite(part: PartitionRewrite): Promise<CommitOutcome>;
  /** Takes everything of records up to and including this position out of the outbox. Nothing stored is fine. */
  markPublished(partition: number, position: number): Promise<void>;
  /** All partitions that are stored, in order; those being rewritten are left out. */
  readPartitions(): Promise<readonly PartitionView[]>;
  /**
   * Rows of these systems, in no particular order; ones that are not known are left out. At most READ_SYSTEMS_MAX ids.
   */
  readSystems(partition: number, systemIds: readonly string[]): Promise<readonly SystemRow[]>;
  /** Late and held systems of a partition, lowest since first, at most READ_SYSTEMS_MAX. */
  readLate(partition: number): Promise<readonly LateSystem[]>;
  /**
   * The next page of a pass over all systems of a partition, in the store's own order: about `limit` rows (1 to
   * READ_SYSTEMS_MAX), perhaps none although more follow. `cursor` is null for the first page, then what the last page
   * answered. A system that is stored throughout a pass comes at least once, perhaps twice, unless the partition is
   * rewritten meanwhile.
   */
  scanSystems(partition: number, cursor: string | null, limit: number): Promise<SystemPage>;
  /**
   * Waits for calls under way; whatever is asked afterwards rejects with EARSHOT_STORE_CLOSED. Closing twice is fine.
   */
  close(): Promise<void>;
}

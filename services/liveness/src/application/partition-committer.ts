import {
  COMMIT_CHANGES_MAX,
  COMMIT_SYSTEMS_MAX,
  type CommitOutcome,
  type LivenessStore,
  type PartitionCommit,
  type Publication,
  type SystemChange,
} from '@earshot/liveness-store';
import type { Clock } from '@earshot/runtime';
import type { PartitionFold } from '../domain/partition-fold.ts';
import { AbandonedError, retry, type RetryOptions } from './retry.ts';

/** How a commit ended. `superseded`: another owner has gone on; this one must load anew. */
export type Committed = 'committed' | 'superseded';

export interface CommitterOptions {
  readonly store: LivenessStore;
  readonly clock: Clock;
  readonly fold: PartitionFold;
  /** Random name of this ownership. */
  readonly owner: string;
  /** Position that the projection has; null: nothing. */
  readonly stored: number | null;
  readonly retry: RetryOptions;
  readonly onOutcome: (outcome: 'accepted' | 'superseded' | 'rewritten') => void;
}

/** What becomes visible together with the fold's state. */
interface Attached {
  readonly publications: readonly Publication[];
  readonly endSeen: number;
}

/**
 * Commits one partition (S1). The compare-and-set on the position is the fence between owners; the fold must not move while a
 * commit is under way.
 */
export class PartitionCommitter {
  readonly #options: CommitterOptions;
  #stored: number | null;

  constructor(options: CommitterOptions) {
    this.#options = options;
    this.#stored = options.stored;
  }

  /** Position that the projection has as far as we know; null: nothing. */
  get stored(): number | null {
    return this.#stored;
  }

  /**
   * Stores what changed since the last commit, or everything where the projection has nothing; tries until the projection has
   * answered.
   */
  async commit(attached: Attached): Promise<Committed> {
    const { fold, store } = this.#options;
    const changes = fold.takeChanges();
    // Only after something that touched more systems than one commit takes, such as a clock set back.
    const isTooMuch = changes.systems.length + changes.removed.length > COMMIT_CHANGES_MAX;
    if (isTooMuch || this.#stored === null) return this.#rewriteAll(attached);
    const attempt: PartitionCommit = {
      ...this.#describe(changes.systems, attached),
      removed: changes.removed,
      expected: this.#stored,
    };
    const outcome = await retry(this.#options.retry, () => store.commit(attempt));
    if (!outcome.accepted && outcome.stored !== fold.position) {
      return this.#isLost(outcome.stored) ? this.#rewriteAll(attached) : this.#superseded();
    }
    return this.#committed('accepted');
  }

  /** The store was emptied or rolled back, which only we can mend: everything is still in memory. */
  #isLost(found: number | null): boolean {
    return found === null || (this.#stored !== null && found < this.#stored);
  }

  async #rewriteAll(attached: Attached): Promise<Committed> {
    const outcome = await retry(this.#options.retry, () => this.#rewrite(attached));
    const isOurs = outcome.accepted || outcome.stored === this.#options.fold.position;
    return isOurs ? this.#committed('rewritten') : this.#superseded();
  }

  /** Everything from memory, in parts; only the last one makes it count. */
  async #rewrite(attached: Attached): Promise<CommitOutcome> {
    const { fold, store } = this.#options;
    let part: SystemChange[] = [];
    let first = true;
    for (const row of fold.rows()) {
      if (part.length === COMMIT_SYSTEMS_MAX) {
        const bare = { publications: [], endSeen: attached.endSeen };
        const outcome = await store.rewrite({ ...this.#describe(part, bare), first, last: false });
        if (!outcome.accepted) return outcome;
        if (this.#options.retry.signal.aborted) throw new AbandonedError();
        part = [];
        first = false;
      }
      part.push({ row, heartbeatOnly: false });
    }
    return store.rewrite({ ...this.#describe(part, attached), first, last: true });
  }

  #describe(systems: readonly SystemChange[], attached: Attached): Omit<PartitionCommit, 'expected'> {
    const { fold, owner, clock } = this.#options;
    const { publications, endSeen } = attached;
    const committedAt = clock.wallNow();
    return {
      partition: fold.partition,
      owner,
      state: fold.state(),
      systems,
      removed: [],
      publications,
      endSeen,
      committedAt,
    };
  }

  /** Also where a refusal named our own position: an earlier try had landed, or another owner came to the same state. */
  #committed(how: 'accepted' | 'rewritten'): Committed {
    this.#stored = this.#options.fold.position;
    this.#options.onOutcome(how);
    return 'committed';
  }

  #superseded(): Committed {
    this.#options.onOutcome('superseded');
    return 'superseded';
  }
}

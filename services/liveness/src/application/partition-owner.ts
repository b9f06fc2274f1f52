import { decodeHeartbeatTopicRecord, type UnreadableReason } from '@earshot/contracts';
import { EventLogError, type LogRecord, type RecordBatch } from '@earshot/event-log';
import { COMMIT_SYSTEMS_MAX, type Publication } from '@earshot/liveness-store';
import type { Logger, Timer } from '@earshot/runtime';
import type { FoldEffects, FoldRecord } from '../domain/partition-fold.ts';
import { collectPublications } from './collect-publications.ts';
import type { LivenessContext } from './liveness-context.ts';
import { type LoadedPartition, loadPartition } from './load-partition.ts';
import { PartitionCommitter } from './partition-committer.ts';
import { publish } from './publish.ts';
import { isPublished } from './published-mark.ts';
import { AbandonedError, retry, type RetryOptions } from './retry.ts';
import { createTurns } from './turns.ts';

/** How long a change waits for others to be committed with it. */
const COMMIT_DELAY_MS = 500;

/** An error that trying again does not mend: the projection belongs to another log. */
const isFatal = (error: unknown): boolean =>
  error instanceof EventLogError && error.code === 'EARSHOT_LOG_POSITION_BEYOND_END';

/** Being abandoned is the quiet end of everything an owner has under way. */
const quietly = async (work: Promise<void>): Promise<void> => {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AbandonedError)) throw error;
  }
};

/**
 * One ownership of one partition, from being assigned until it is revoked: load, fold, commit, publish.
 * Folding and committing take turns, so that a commit is of one position exactly.
 */
export class PartitionOwner {
  readonly #context: LivenessContext;
  readonly #partition: number;
  readonly #onSuperseded: () => void;
  readonly #logger: Logger;
  readonly #abandoned = new AbortController();
  readonly #turns = createTurns();
  #loaded: LoadedPartition | undefined;
  #committer: PartitionCommitter | undefined;
  #publications: Publication[] = [];
  /** End of the partition as far as we have seen it. */
  #endSeen = 0;
  #committedAt = 0;
  /** Ground was lost and the record to go on from has not come yet. */
  #awaitsGround = false;
  #flushTimer: Timer | undefined;

  /** `onSuperseded` is told once, when another owner has gone on with the partition and this one must load anew. */
  constructor(context: LivenessContext, partition: number, onSuperseded: () => void) {
    this.#context = context;
    this.#partition = partition;
    this.#onSuperseded = onSuperseded;
    this.#logger = context.logger.child({ partition });
  }

  get isLoaded(): boolean {
    return this.#committer !== undefined;
  }

  /** Position of the record folded last; -1 before there is one. */
  get position(): number {
    return this.#loaded?.fold.position ?? -1;
  }

  /**
   * Loads the partition and publishes what a former owner had not; answers the position to read from. Rejects with
   * EARSHOT_LOG_POSITION_BEYOND_END, or AbandonedError; everything else is tried again.
   */
  async load(): Promise<number> {
    const { clock, partitions } = this.#context;
    const startedAt = clock.monotonicNow();
    const loaded = await retry(this.#retrying('loading the partition failed; trying again'), () =>
      loadPartition(this.#context, { partition: this.#partition, partitions }),
    );
    this.#loaded = loaded;
    this.#endSeen = loaded.end;
    this.#awaitsGround = loaded.ground === 'lost';
    await this.#publish(loaded.outbox);
    this.#committer = this.#createCommitter(loaded);
    this.#committedAt = clock.monotonicNow();
    const { ground, fold, next } = loaded;
    const fields = { ground, systems: fold.counts().systems, next, end: loaded.end };
    this.#logger.info({ ...fields, tookMs: Math.round(clock.monotonicNow() - startedAt) }, 'partition loaded');
    return next;
  }

  /** Folds a batch; when it resolves, what had to be stored at once is stored and published. */
  records(batch: RecordBatch): Promise<void> {
    return quietly(this.#turns.take(() => this.#foldBatch(batch)));
  }

  /** Commits what is left. */
  flush(): Promise<void> {
    return quietly(this.#turns.take(() => this.#flushNow()));
  }

  /** Ends everything under way as soon as possible; nothing is stored any more. */
  abandon(): void {
    this.#abandoned.abort();
    this.#flushTimer?.cancel();
  }

  async #foldBatch(batch: RecordBatch): Promise<void> {
    if (this.#loaded === undefined || this.#abandoned.signal.aborted) return;
    for (const record of batch.records) {
      this.#foldRecord(this.#loaded, record);
      this.#endSeen = Math.max(this.#endSeen, record.position + 1);
      if (this.#loaded.fold.changedCount >= COMMIT_SYSTEMS_MAX) await this.#commit(this.#loaded);
    }
    const isDue = this.#context.clock.monotonicNow() - this.#committedAt >= COMMIT_DELAY_MS;
    if (isDue || this.#publications.length > 0) await this.#flushNow();
    else this.#flushLater();
  }

  #foldRecord(loaded: LoadedPartition, record: LogRecord): void {
    if (this.#awaitsGround) this.#goOnFrom(loaded, record);
    const decoded = decodeHeartbeatTopicRecord(record.key, record.value);
    const value = 'value' in decoded ? decoded.value : null;
    if ('unreadable' in decoded) this.#reportUnreadable(record, decoded.unreadable);
    const { position, appendedAt, key } = record;
    const folded: FoldRecord = { position, appendedAt, key, record: value };
    this.#collect(folded, loaded.fold.fold(folded));
  }

  /** S2: what lay between is lost to us; the fold goes on at the oldest record there is. */
  #goOnFrom(loaded: LoadedPartition, oldest: LogRecord): void {
    this.#awaitsGround = false;
    const fields = { stored: loaded.stored, oldest: oldest.position };
    this.#logger.error(fields, 'records were lost unread; time until the oldest one is closed');
    const nothing: FoldRecord = { ...oldest, record: null };
    this.#collect(nothing, loaded.fold.loseGround(oldest, loaded.settings));
  }

  #collect(record: FoldRecord, effects: FoldEffects): void {
    if (effects.ignored !== null) this.#context.metrics.ignored(effects.ignored);
    if (record.record?.type === 'heartbeat' && effects.transitions.length === 0) return;
    this.#publications.push(...collectPublications(record, effects));
  }

  #reportUnreadable(record: LogRecord, reason: UnreadableReason): void {
    this.#context.metrics.unreadable(reason);
    const fields = { partition: this.#partition, position: record.position, reason };
    this.#context.warnSparsely(fields, 'a record cannot be read; skipped');
  }

  async #flushNow(): Promise<void> {
    this.#flushTimer?.cancel();
    this.#flushTimer = undefined;
    if (this.#loaded === undefined || this.#committer === undefined || this.#abandoned.signal.aborted) return;
    const isDirty = this.#publications.length > 0 || this.#loaded.fold.position !== this.#committer.stored;
    if (isDirty) await this.#commit(this.#loaded);
  }

  #flushLater(): void {
    this.#flushTimer ??= this.#context.clock.after(COMMIT_DELAY_MS, () => {
      this.flush().catch((error: unknown) => this.#logger.error({ error }, 'committing failed'));
    });
  }

  async #commit(loaded: LoadedPartition): Promise<void> {
    const publications = this.#publications;
    this.#publications = [];
    this.#committedAt = this.#context.clock.monotonicNow();
    const committed = await this.#committer?.commit({ publications, endSeen: this.#endSeen });
    if (committed === 'superseded') {
      this.abandon();
      this.#logger.warn({}, 'another owner has gone on with the partition; loading it anew');
      this.#onSuperseded();
      throw new AbandonedError();
    }
    this.#context.metrics.committed(loaded.fold, publications);
    await this.#publish(publications);
  }

  async #publish(publications: readonly Publication[]): Promise<void> {
    const last = publications.at(-1);
    const mark = this.#loaded?.mark;
    if (last === undefined || mark === undefined) return;
    const { log, logId, store } = this.#context;
    const target = { log, logId, partition: this.#partition, retry: this.#retrying('publishing failed; trying again') };
    await publish(
      target,
      publications.filter((publication) => !isPublished(mark, publication)),
    );
    // A marking that fails is made good by the next one, or by the next owner, who finds these in the published tail.
    await store.markPublished(this.#partition, last.position).catch((error: unknown) => {
      this.#context.warnSparsely({ partition: this.#partition, error }, 'marking what was published failed');
    });
  }

  #createCommitter(loaded: LoadedPartition): PartitionCommitter {
    return new PartitionCommitter({
      store: this.#context.store,
      clock: this.#context.clock,
      fold: loaded.fold,
      owner: this.#context.newOwnerName(),
      stored: loaded.stored,
      retry: this.#retrying('the projection does not take a commit; trying again'),
      onOutcome: (outcome) => this.#context.metrics.commitOutcome(outcome),
    });
  }

  #retrying(what: string): RetryOptions {
    return {
      clock: this.#context.clock,
      signal: this.#abandoned.signal,
      onError: (error) => {
        if (isFatal(error)) throw error;
        this.#context.warnSparsely({ partition: this.#partition, error }, what);
      },
    };
  }
}

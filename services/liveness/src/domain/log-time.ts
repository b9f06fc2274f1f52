import type { DurationMs, EpochMs, PartitionState } from '@earshot/contracts';

/**
 * Where the fold stands in its log, and what it knows of time. Moved by records only (T2).
 * Never `proven > now`. Of the time up to `proven`, what lies after `openSince` is open.
 */
export class LogTime {
  /** The record folded last, or being folded; -1 before the first. */
  position: number;
  /** Newest log time seen. */
  now: EpochMs;
  /** Oldest among the listeners' newest knocks: the only time a verdict knows (T4). */
  proven: EpochMs;
  /** Start of the open stretch. */
  openSince: EpochMs;
  /** Open time counted up to `proven`. */
  open: DurationMs;
  /** Newest knock of anyone. */
  lastKnock: EpochMs;

  constructor(stored: Pick<PartitionState, 'position' | 'now' | 'proven' | 'openSince' | 'open' | 'lastKnock'>) {
    this.position = stored.position;
    this.now = stored.now;
    this.proven = stored.proven;
    this.openSince = stored.openSince;
    this.open = stored.open;
    this.lastKnock = stored.lastKnock;
  }

  /**
   * Open time at an instant not before `proven`, as far as it can be known: an upper bound, so that it errs to later
   * verdicts.
   */
  openTimeAt(at: EpochMs): DurationMs {
    return this.open + Math.max(0, at - Math.max(this.proven, this.openSince));
  }

  /** Time is proven up to `at`, and what of that is open is counted. Does not go back. */
  prove(at: EpochMs): void {
    if (at <= this.proven) return;
    this.open = this.openTimeAt(at);
    this.proven = at;
  }

  /** T5: the log's clock was set back. Open time that was counted stays counted. */
  setBack(at: EpochMs): void {
    this.now = at;
    this.proven = at;
    this.openSince = at;
    this.lastKnock = at;
  }
}

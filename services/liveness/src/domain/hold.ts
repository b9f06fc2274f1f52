import type { EpochMs, HoldState, PartitionState } from '@earshot/contracts';

/** Fleet silence delays verdicts (V5, G9), and when it last did. */
export class Hold {
  state: HoldState;
  /** Proven time at which the newest hold opened; null if there never was one. */
  openedAt: EpochMs | null;
  /** Proven time at which its effect ended; null if it has not. */
  closedAt: EpochMs | null;

  constructor(stored: Pick<PartitionState, 'hold' | 'holdOpenedAt' | 'holdClosedAt'>) {
    this.state = stored.hold;
    this.openedAt = stored.holdOpenedAt;
    this.closedAt = stored.holdClosedAt;
  }

  get isOn(): boolean {
    return this.state === 'on';
  }

  /** It delayed a verdict given at `proven` that would have been given at `dueAt`: it was on in between. */
  wasOnBetween(dueAt: EpochMs, proven: EpochMs): boolean {
    if (this.openedAt === null || this.openedAt >= proven) return false;
    return this.closedAt === null || this.closedAt > dueAt;
  }
}

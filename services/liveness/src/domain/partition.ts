import type { PartitionState, SystemRow } from '@earshot/contracts';
import { ChangeTracker } from './systems/change-tracker.ts';
import { EffectsDraft } from './effects-draft.ts';
import { Hold } from './hold.ts';
import { Listeners } from './listeners.ts';
import { LogTime } from './log-time.ts';
import { MutedQueue } from './systems/muted-queue.ts';
import { OutageLedger } from './outage-ledger.ts';
import { RetiredQueue } from './systems/retired-queue.ts';
import { SilenceIndex } from './silence/silence-index.ts';
import { SystemCensus } from './systems/system-census.ts';
import { restoreSystem } from './systems/system-row.ts';
import { SystemTable } from './systems/system-table.ts';
import type { Work } from './work.ts';

/**
 * All that the fold of one partition remembers. The rules are functions over it: one file for each kind of record,
 * one for judging.
 */
export interface Partition {
  readonly partition: number;
  readonly time: LogTime;
  readonly listeners: Listeners;
  readonly ledger: OutageLedger;
  readonly hold: Hold;
  readonly systems: SystemTable;
  readonly census: SystemCensus;
  /** Made anew where every system moves at once. */
  silence: SilenceIndex;
  readonly retired: RetiredQueue;
  /** Made anew where ground is lost. */
  muted: MutedQueue;
  readonly changes: ChangeTracker;
  readonly effects: EffectsDraft;
  readonly work: Work;
}

/** What a partition is before its first record. */
export const EMPTY_STATE: PartitionState = {
  position: -1,
  now: 0,
  proven: 0,
  openSince: 0,
  open: 0,
  lastKnock: 0,
  hold: 'none',
  holdOpenedAt: null,
  holdClosedAt: null,
  listeners: [],
  ledger: [],
};

/** The partition as it was stored. Systems come in any order. */
export const restorePartition = (partition: number, state: PartitionState, stored: Iterable<SystemRow>): Partition => {
  const work: Work = { operations: 0 };
  const time = new LogTime(state);
  const systems = new SystemTable();
  for (const row of stored) restoreSystem(systems, row);
  return {
    partition,
    time,
    listeners: new Listeners(state.listeners),
    ledger: new OutageLedger(state.ledger),
    hold: new Hold(state),
    systems,
    census: new SystemCensus(systems),
    silence: new SilenceIndex(systems, time, work),
    retired: new RetiredQueue(systems, work),
    muted: new MutedQueue(systems, time.position),
    changes: new ChangeTracker(systems),
    effects: new EffectsDraft(),
    work,
  };
};

/** The partition as plain data, without its systems. */
export const partitionState = ({ time, hold, listeners, ledger }: Partition): PartitionState => ({
  position: time.position,
  now: time.now,
  proven: time.proven,
  openSince: time.openSince,
  open: time.open,
  lastKnock: time.lastKnock,
  hold: hold.state,
  holdOpenedAt: hold.openedAt,
  holdClosedAt: hold.closedAt,
  listeners: listeners.toArray(),
  ledger: ledger.toArray(),
});

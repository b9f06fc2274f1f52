import type { EpochMs, Outage } from '@earshot/contracts';
import { emitEvent } from './emit.ts';
import type { Partition } from './partition.ts';

/** Why time is closed, and by whom. */
export type Closing = Pick<Outage, 'cause' | 'ingest'>;

/**
 * T4: from proven up to `to` we did not provably listen. Never reaches behind a verdict already made, which was given
 * at proven.
 */
export const close = (partition: Partition, to: EpochMs, closing: Closing): void => {
  const { time, ledger, silence } = partition;
  if (!ledger.extend(time.proven, to)) {
    const outage = { from: time.proven, to, ...closing };
    ledger.add(outage);
    emitEvent(partition, { event: 'outage-recorded', outage });
  }
  if (to <= time.openSince) return;
  time.openSince = to;
  silence.beginStretch();
};

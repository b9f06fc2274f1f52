import { CLOCK_BACK_MS } from '@earshot/contracts';
import type { EpochMs } from '@earshot/contracts';
import type { Partition } from './partition.ts';
import { SilenceIndex } from './silence/silence-index.ts';
import type { Row } from './systems/system-table.ts';

/** T5: a knock this far below now. Smaller steps are clamped (T2). */
export const isSetBack = (now: EpochMs, knockedAt: EpochMs): boolean => knockedAt < now - CLOCK_BACK_MS;

/** T5: the log's clock was set back. Walks every system, as rarely as clocks are set back by that much. */
export const setBack = (partition: Partition, at: EpochMs): void => {
  const { time, listeners, ledger, systems, work } = partition;
  time.setBack(at);
  listeners.setBack(at);
  for (const row of systems.rows()) lowerTo(partition, row, at);
  partition.silence = new SilenceIndex(systems, time, work);
  ledger.add({ from: at, to: at, cause: 'clock_set_back', ingest: '' }); // of no length, so no event
};

/** No ttl runs from later than the clock says now. */
const lowerTo = ({ systems, time, changes }: Partition, row: Row, at: EpochMs): void => {
  const isSilenceLater = systems.since(row) > at;
  const isSeenLater = systems.lastSeen(row) > at;
  const isRetiredLater = systems.retiredAt(row) > at;
  if (isSilenceLater) systems.setSince(row, at, time.open);
  if (isSeenLater) systems.setLastSeen(row, at);
  if (isRetiredLater) systems.setRetiredAt(row, at);
  if (isSilenceLater || isSeenLater || isRetiredLater) changes.changed(row);
};

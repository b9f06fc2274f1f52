import { type EpochMs, LISTENER_LEAVE_MS } from '@earshot/contracts';
import { close } from './closing.ts';
import type { Partition } from './partition.ts';
import type { CurrentSettings } from './partition-fold.ts';
import { SilenceIndex } from './silence/silence-index.ts';
import { change } from './system-change.ts';
import { MutedQueue } from './systems/muted-queue.ts';
import { NONE } from './systems/system-table.ts';

/**
 * Until when time stays closed for an owner that does not know who listened before `at`: an ingest that ended just before it still
 * has its leave time, in which its systems move to another. Its knocks are among what was lost, so nobody would wait for it.
 */
export const openNotBefore = (at: EpochMs): EpochMs => at + LISTENER_LEAVE_MS;

/**
 * S2: the records up to `oldest` are lost to us, and with them what they would have said. Everything before is
 * closed, and the leave time after it, settings are the registry's, and every silence counts from `oldest`. Walks every system.
 */
export const loseGround = (
  partition: Partition,
  oldest: { readonly position: number; readonly appendedAt: EpochMs },
  settings: Iterable<CurrentSettings>,
): void => {
  const { time, systems, listeners, changes, work } = partition;
  time.position = oldest.position - 1;
  time.now = Math.max(time.now, oldest.appendedAt);
  for (const current of settings) takeSettings(partition, current);
  // Not before proven, should the log's clock have been set back in what is lost.
  close(partition, Math.max(time.proven, openNotBefore(oldest.appendedAt)), { cause: 'records_lost', ingest: '' });
  for (const row of systems.rows()) {
    systems.setSince(row, oldest.appendedAt, time.open);
    changes.changed(row);
  }
  listeners.clear();
  partition.silence = new SilenceIndex(systems, time, work);
  partition.muted = new MutedQueue(systems, time.position);
};

const takeSettings = (partition: Partition, current: CurrentSettings): void => {
  change(partition, current.systemId, current);
  const { systems } = partition;
  const row = systems.find(current.systemId);
  if (row !== NONE) systems.setMutedTo(row, Math.max(systems.mutedTo(row), current.mutedTo));
};

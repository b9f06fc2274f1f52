import type { KnockRecord, Listener } from '@earshot/contracts';
import { close, type Closing } from './closing.ts';
import { judge } from './judge.ts';
import { isGap } from './listeners.ts';
import type { Partition } from './partition.ts';
import type { IgnoredReason } from './partition-fold.ts';
import { forgetRetired, restart } from './system-lifecycle.ts';
import { NONE } from './systems/system-table.ts';

/** T3, T4: an ingest proves that it hears. Closes time if something speaks against it, proves time, and judges. */
export const hearKnock = (partition: Partition, knock: KnockRecord): IgnoredReason | null => {
  const { listeners, time } = partition;
  const before = listeners.find(knock.ingest);
  if (before !== undefined && knock.n <= before.n) return 'repeated_knock'; // it proves nothing (H33)
  const closing = updateListeners(partition, knock, before);
  if (closing !== null) close(partition, time.now, closing);
  restartNamed(partition, knock.names ?? []);
  time.prove(listeners.oldestKnock ?? time.now);
  judge(partition);
  forgetRetired(partition);
  return null;
};

/** Answers what closes time, null if nothing does. Where several things do, the last one found names the outage. */
const updateListeners = (partition: Partition, knock: KnockRecord, before: Listener | undefined): Closing | null => {
  const { listeners, time } = partition;
  const { now } = time;
  const { ingest, refused = 0 } = knock;
  let closing: Closing | null = null;
  if (!listeners.someoneStays) closing = { cause: 'nobody_listened', ingest: '' };
  if (isGap(time.lastKnock, now)) listeners.restartTimers(now); // nobody knocked, so nobody left
  if (before !== undefined && isGap(before.at, now)) closing = { cause: 'not_heard', ingest };
  if (refused > 0) closing = { cause: 'turned_away', ingest };
  time.lastKnock = now;
  listeners.hear(knock, now);
  const vanished = listeners.giveUpVanished(now);
  if (vanished !== null) closing = { cause: 'vanished', ingest: vanished };
  if (closing === null && !listeners.someoneStays) closing = { cause: 'leaving', ingest: '' };
  return closing;
};

/** Systems that were turned away are plainly alive. */
const restartNamed = (partition: Partition, names: readonly string[]): void => {
  const { systems, changes } = partition;
  for (const name of names) {
    const row = systems.find(name);
    if (row === NONE) continue;
    restart(partition, row);
    changes.changed(row);
  }
};

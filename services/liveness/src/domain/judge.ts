import { VERDICTS_PER_KNOCK_MAX } from '@earshot/contracts';
import { emitTransition } from './emit.ts';
import { offlineEvidence } from './evidence.ts';
import { reviewHold } from './fleet-silence.ts';
import type { Partition } from './partition.ts';
import type { Row } from './systems/system-table.ts';

/** V2, V3: the verdicts that the time proven so far allows. */
export const judge = (partition: Partition): void => {
  const { hold, silence } = partition;
  unmute(partition);
  silence.count();
  reviewHold(partition);
  for (const row of silence.takeDue(hold.isOn, VERDICTS_PER_KNOCK_MAX)) goOffline(partition, row);
};

/** S4: verdicts are withheld only up to what is published already. */
const unmute = ({ muted, silence, time }: Partition): void => {
  for (let row = muted.takeBelow(time.position); row !== undefined; row = muted.takeBelow(time.position)) {
    silence.unmute(row);
  }
};

const goOffline = (partition: Partition, row: Row): void => {
  const { systems, census, changes, time } = partition;
  census.countOut(row);
  systems.setState(row, 'offline');
  census.countIn(row);
  changes.changed(row);
  const evidence = offlineEvidence(partition, row);
  emitTransition(partition, row, { from: 'online', to: 'offline', occurredAt: time.proven, evidence });
};

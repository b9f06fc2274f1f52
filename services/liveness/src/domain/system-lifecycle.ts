import { TOMBSTONE_MS } from '@earshot/contracts';
import type { DurationMs } from '@earshot/contracts';
import type { Partition } from './partition.ts';
import { NEVER, NONE, type Row } from './systems/system-table.ts';

/** What a record or the registry says of a system. */
export interface SystemSettings {
  readonly fleet: string;
  readonly ttlMs: DurationMs;
  readonly revision: number;
  readonly paused: boolean;
}

/** Its silence counts from now on; with that, what was counted before is void. */
export const restart = ({ silence, time }: Partition, row: Row): void => {
  silence.restart(row, time.now, time.openTimeAt(time.now));
};

/**
 * A new registration, of a system that is unknown or retired: unseen, so without a deadline. Of a retired one nothing
 * stays but the position up to which verdicts about it are published.
 */
export const create = (partition: Partition, systemId: string, settings: SystemSettings): Row => {
  const { systems, census, changes, retired, time } = partition;
  const known = systems.find(systemId);
  const row = known === NONE ? systems.add(systemId) : known;
  if (known !== NONE) {
    retired.remove(row);
    systems.setRetiredAt(row, NEVER);
    systems.setCredential(row, '');
  }
  systems.setState(row, 'unseen');
  systems.setSequence(row, 0);
  systems.setLastSeen(row, NEVER);
  systems.setFleet(row, settings.fleet);
  systems.setTtl(row, settings.ttlMs, settings.revision);
  systems.setRevision(row, settings.revision);
  systems.setRegistration(row, settings.revision);
  systems.setPaused(row, settings.paused);
  systems.setSince(row, time.now, time.openTimeAt(time.now));
  census.countIn(row);
  changes.changed(row);
  return row;
};

/** V1: taken out by an operator. Remembered for a while, so that a stale heartbeat does not revive it. */
export const retire = (partition: Partition, row: Row, revision: number): void => {
  const { systems, silence, census, changes, retired, time } = partition;
  silence.unlist(row);
  census.countOut(row);
  if (systems.isRetired(row)) retired.remove(row);
  systems.setRetiredAt(row, time.now);
  systems.setRevision(row, revision);
  retired.add(row);
  changes.changed(row);
};

/** V1: forgets systems that were retired long enough ago. */
export const forgetRetired = ({ systems, retired, changes, time }: Partition): void => {
  for (const row of retired.takeBefore(time.now - TOMBSTONE_MS)) {
    changes.forgotten(row);
    systems.remove(row);
  }
};

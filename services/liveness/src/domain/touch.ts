import type { HeartbeatRecord } from '@earshot/contracts';
import { emitTransition } from './emit.ts';
import { onlineEvidence } from './evidence.ts';
import type { Partition } from './partition.ts';
import type { IgnoredReason } from './partition-fold.ts';
import { create, restart } from './system-lifecycle.ts';
import { NONE, type Row } from './systems/system-table.ts';

/** A heartbeat: the system lives. Brings it online, and creates it if it is unknown (V1). */
export const touch = (partition: Partition, systemId: string, heartbeat: HeartbeatRecord): IgnoredReason | null => {
  const { systems, changes, time } = partition;
  const { ttl_ms: ttlMs, revision = 0, fleet = '', credential = '' } = heartbeat;
  let row = systems.find(systemId);
  if (row === NONE) {
    row = create(partition, systemId, { fleet, ttlMs, revision, paused: false });
  } else if (systems.isRetired(row)) {
    if (revision <= systems.revision(row)) return 'retired';
    create(partition, systemId, { fleet, ttlMs, revision, paused: false });
  } else if (revision <= systems.ttlRevision(row) && systems.fleet(row) !== fleet) {
    return 'other_fleet'; // the first in log order wins, until the registry says otherwise
  }
  takeSettings(partition, row, heartbeat);
  systems.setLastSeen(row, time.now);
  systems.setCredential(row, credential);
  changes.heard(row);
  if (systems.isOnline(row) || time.position <= systems.mutedTo(row)) restart(partition, row);
  else comeOnline(partition, row);
  return null;
};

/** V1: a heartbeat carries the settings in force when it was accepted; older ones than are known change nothing. */
const takeSettings = ({ systems, changes }: Partition, row: Row, heartbeat: HeartbeatRecord): void => {
  const { ttl_ms: ttlMs, revision = 0, fleet = '' } = heartbeat;
  const known = systems.ttlRevision(row);
  if (revision < known || (revision === known && ttlMs === systems.ttl(row))) return;
  systems.setFleet(row, fleet); // the same, unless the revision is newer
  systems.setTtl(row, ttlMs, revision);
  changes.changed(row);
};

const comeOnline = (partition: Partition, row: Row): void => {
  const { systems, census, changes, time } = partition;
  const from = systems.state(row);
  census.countOut(row);
  systems.setState(row, 'online');
  census.countIn(row);
  changes.changed(row);
  restart(partition, row); // which lists it, now that it is online
  emitTransition(partition, row, {
    from,
    to: 'online',
    occurredAt: time.now,
    evidence: onlineEvidence(partition, row),
  });
};

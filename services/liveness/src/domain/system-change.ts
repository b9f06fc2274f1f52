import type { SystemRecord } from '@earshot/contracts';
import type { Partition } from './partition.ts';
import type { IgnoredReason } from './partition-fold.ts';
import { create, restart, retire, type SystemSettings } from './system-lifecycle.ts';
import { NONE, type Row } from './systems/system-table.ts';

/** What the registry says of a system: its settings, and whether it is retired. */
export interface SystemChange extends SystemSettings {
  readonly retired: boolean;
}

/** A missing member is 0, false or empty. */
export const systemChange = (record: SystemRecord): SystemChange => {
  const { revision = 0, ttl_ms: ttlMs = 0, paused = false, retired = false, fleet = '' } = record;
  return { revision, ttlMs, paused, retired, fleet };
};

/** V1: what cannot wait for the next heartbeat. A lower revision than the one known changes nothing. */
export const change = (partition: Partition, systemId: string, change: SystemChange): IgnoredReason | null => {
  const { systems } = partition;
  const row = systems.find(systemId);
  if (row !== NONE && change.revision < systems.revision(row)) return 'stale_revision';
  if (change.retired) retire(partition, row === NONE ? create(partition, systemId, change) : row, change.revision);
  else if (row === NONE || systems.isRetired(row)) create(partition, systemId, change);
  else changeSettings(partition, row, change);
  return null;
};

/** V2: silence counts afresh after a resume and with another ttl; a change that changes nothing moves nothing. */
const changeSettings = (partition: Partition, row: Row, change: SystemChange): void => {
  const { systems, silence, census, changes } = partition;
  // Heartbeats bring a ttl and may have brought a newer one; they never bring pause or retirement.
  const isNewer = change.revision >= systems.ttlRevision(row);
  const isFresh = (isNewer && change.ttlMs !== systems.ttl(row)) || (systems.isPaused(row) && !change.paused);
  if (isNewer) {
    systems.setTtl(row, change.ttlMs, change.revision);
    systems.setFleet(row, change.fleet);
  }
  census.countOut(row);
  systems.setPaused(row, change.paused);
  census.countIn(row);
  systems.setRevision(row, change.revision);
  if (change.paused) silence.unlist(row);
  if (isFresh) restart(partition, row);
  changes.changed(row);
};

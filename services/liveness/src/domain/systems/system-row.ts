import type { EpochMs, SystemRow } from '@earshot/contracts';
import { NEVER, type Row, type SystemTable } from './system-table.ts';

/** The row as plain data. */
export const systemRow = (systems: SystemTable, row: Row): SystemRow => ({
  systemId: systems.id(row),
  fleet: systems.fleet(row),
  ttlMs: systems.ttl(row),
  ttlRevision: systems.ttlRevision(row),
  revision: systems.revision(row),
  registration: systems.registration(row),
  state: systems.state(row),
  paused: systems.isPaused(row),
  retiredAt: instantOrNull(systems.retiredAt(row)),
  lastSeen: instantOrNull(systems.lastSeen(row)),
  since: systems.since(row),
  openAt: systems.openAt(row),
  sequence: systems.sequence(row),
  mutedTo: systems.mutedTo(row),
  credential: systems.credential(row),
});

/** Adds a system as it was stored. */
export const restoreSystem = (systems: SystemTable, stored: SystemRow): void => {
  const row = systems.add(stored.systemId);
  systems.setFleet(row, stored.fleet);
  systems.setTtl(row, stored.ttlMs, stored.ttlRevision);
  systems.setRevision(row, stored.revision);
  systems.setRegistration(row, stored.registration);
  systems.setState(row, stored.state);
  systems.setPaused(row, stored.paused);
  systems.setRetiredAt(row, stored.retiredAt ?? NEVER);
  systems.setLastSeen(row, stored.lastSeen ?? NEVER);
  systems.setSince(row, stored.since, stored.openAt);
  systems.setSequence(row, stored.sequence);
  systems.setMutedTo(row, stored.mutedTo);
  systems.setCredential(row, stored.credential);
};

export const instantOrNull = (at: EpochMs): EpochMs | null => (at === NEVER ? null : at);

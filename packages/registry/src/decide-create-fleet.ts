import { type CredentialEntry, type EpochMs, type FleetEntry, fleetKey } from '@earshot/contracts';
import { type Decision, isTakenBySystem, refuse, refuseInvalid, type RegistryLookup } from './decision.ts';
import type { NewFleet } from './registry-change.ts';
import { nameFaults, systemsMaxFaults, timingFaults } from './settings-faults.ts';

export interface CreateFleet {
  readonly fleet: NewFleet;
  readonly credential: CredentialEntry;
  readonly now: EpochMs;
}

/** A new fleet with its first credential; refused where a fleet or a system with credentials has the name. */
export const decideCreateFleet = (entries: RegistryLookup, command: CreateFleet): Decision<FleetEntry> => {
  const { fleet, credential, now } = command;
  const faults = [...nameFaults('name', fleet.name), ...timingFaults(fleet), ...systemsMaxFaults(fleet.systemsMax)];
  if (faults.length > 0) return refuseInvalid(faults);
  if (entries.fleet(fleet.name) !== null || isTakenBySystem(entries, fleet.name)) return refuse('already_exists');
  const entry: FleetEntry = {
    type: 'fleet',
    name: fleet.name,
    interval_ms: fleet.intervalMs,
    ttl_ms: fleet.ttlMs,
    auto_register: fleet.autoRegister,
    max_systems: fleet.systemsMax,
    covers_own: fleet.coversOwn,
    credentials: [credential],
    changed_at: now,
  };
  return {
    decided: { action: 'fleet_created', key: fleetKey(fleet.name), entry, standsAt: null, notice: null },
  };
};

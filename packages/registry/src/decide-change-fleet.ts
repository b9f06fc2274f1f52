import { type EpochMs, type FleetEntry, fleetKey } from '@earshot/contracts';
import { type Decision, refuse, refuseInvalid, type RegistryLookup, standing } from './decision.ts';
import type { FleetPatch } from './registry-change.ts';
import { systemsMaxFaults, timingFaults } from './settings-faults.ts';

export interface ChangeFleet {
  readonly name: string;
  readonly patch: FleetPatch;
  readonly ifRevision?: number | undefined;
  readonly now: EpochMs;
}

/** Other defaults for a fleet. They count for systems registered later; nobody else is told. */
export const decideChangeFleet = (entries: RegistryLookup, command: ChangeFleet): Decision<FleetEntry> => {
  const { name, patch } = command;
  const known = entries.fleet(name);
  if (known === null) return refuse('not_found');
  const entry: FleetEntry = {
    ...known.entry,
    interval_ms: patch.intervalMs ?? known.entry.interval_ms,
    ttl_ms: patch.ttlMs ?? known.entry.ttl_ms,
    auto_register: patch.autoRegister ?? known.entry.auto_register,
    max_systems: patch.systemsMax ?? known.entry.max_systems,
    covers_own: patch.coversOwn ?? known.entry.covers_own,
    changed_at: command.now,
  };
  const faults = [
    ...timingFaults({ intervalMs: entry.interval_ms, ttlMs: entry.ttl_ms }),
    ...systemsMaxFaults(entry.max_systems),
  ];
  if (faults.length > 0) return refuseInvalid(faults);
  const standsAt = standing(known, entry, command.ifRevision);
  if (standsAt === 'changed_meanwhile') return refuse(standsAt);
  return { decided: { action: 'fleet_changed', key: fleetKey(name), entry, standsAt, notice: null } };
};

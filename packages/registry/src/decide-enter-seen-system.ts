import { type EpochMs, type SystemEntry, systemKey } from '@earshot/contracts';
import { type Decision, refuseInvalid, type RegistryLookup } from './decision.ts';
import { nameFaults, unknownFleetFault } from './settings-faults.ts';

export interface EnterSeenSystem {
  readonly systemId: string;
  readonly fleet: string;
  readonly now: EpochMs;
}

/**
 * An entry for a system that registered itself by sending, with its fleet's interval and ttl. One that is entered
 * already, retired or not, stays as it is. The fold needs no telling: it knows the system by its heartbeat.
 */
export const decideEnterSeenSystem = (entries: RegistryLookup, command: EnterSeenSystem): Decision<SystemEntry> => {
  const { systemId, now } = command;
  const key = systemKey(systemId);
  const known = entries.system(systemId);
  if (known !== null) {
    const { entry, revision } = known;
    return { decided: { action: 'system_entered', key, entry, standsAt: revision, notice: null } };
  }
  const faults = nameFaults('system_id', systemId);
  const fleet = entries.fleet(command.fleet);
  if (fleet === null) return refuseInvalid([...faults, unknownFleetFault(command.fleet)]);
  if (faults.length > 0) return refuseInvalid(faults);
  const entry: SystemEntry = {
    type: 'system',
    system_id: systemId,
    fleet: command.fleet,
    name: '',
    tags: [],
    interval_ms: fleet.entry.interval_ms,
    ttl_ms: fleet.entry.ttl_ms,
    paused: false,
    paused_until: null,
    retired: false,
    credentials: [],
    changed_at: now,
  };
  return { decided: { action: 'system_entered', key, entry, standsAt: null, notice: null } };
};

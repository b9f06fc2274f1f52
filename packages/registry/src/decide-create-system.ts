import { type CredentialEntry, type EpochMs, type Fault, type SystemEntry, systemKey } from '@earshot/contracts';
import { CREDENTIALS_MAX } from './decide-credentials.ts';
import { type Decision, isTakenByFleet, noticeOf, refuse, refuseInvalid, type RegistryLookup } from './decision.ts';
import type { NewSystem, Versioned } from './registry-change.ts';
import {
  displayNameFaults,
  distinctTags,
  nameFaults,
  tagsFaults,
  timingFaults,
  unknownFleetFault,
} from './settings-faults.ts';

export interface CreateSystem {
  readonly system: NewSystem;
  readonly credential: CredentialEntry;
  /** Whether the projection has the system, and not as retired: whether an earlier creation came to its end. */
  readonly isKnownToLiveness: boolean;
  readonly now: EpochMs;
}

/**
 * The credentials of a system that is created: those of a creation that came to no end stay live, since nobody can say
 * that their secret was never seen; at the limit the oldest go.
 */
const credentialsOf = (
  known: Versioned<SystemEntry> | null,
  credential: CredentialEntry,
): readonly CredentialEntry[] => {
  const live = known === null || known.entry.retired ? [] : known.entry.credentials;
  return [...live.filter(({ id }) => id !== credential.id), credential].slice(-CREDENTIALS_MAX);
};

const systemFaults = (entries: RegistryLookup, system: NewSystem): readonly Fault[] => {
  const fleet = entries.fleet(system.fleet)?.entry;
  return [
    ...nameFaults('system_id', system.systemId),
    ...(fleet === undefined ? [unknownFleetFault(system.fleet)] : timingFaults(timingOf(system, fleet))),
    ...displayNameFaults(system.name),
    ...tagsFaults(system.tags),
  ];
};

const timingOf = (
  system: NewSystem,
  fleet: { readonly interval_ms: number; readonly ttl_ms: number },
): { readonly intervalMs: number; readonly ttlMs: number } => ({
  intervalMs: system.intervalMs ?? fleet.interval_ms,
  ttlMs: system.ttlMs ?? fleet.ttl_ms,
});

/**
 * A new system, or a retired one anew, with a credential of its own and its fleet's interval and ttl where it brings
 * none. One that exists is refused, unless liveness does not know it: then an earlier creation is completed.
 */
export const decideCreateSystem = (entries: RegistryLookup, command: CreateSystem): Decision<SystemEntry> => {
  const { system, credential, now } = command;
  const faults = systemFaults(entries, system);
  const fleet = entries.fleet(system.fleet);
  if (faults.length > 0 || fleet === null) return refuseInvalid(faults);
  const known = entries.system(system.systemId);
  if (known !== null && !known.entry.retired && command.isKnownToLiveness) return refuse('already_exists');
  if (isTakenByFleet(entries, system.systemId)) return refuse('already_exists');
  const timing = timingOf(system, fleet.entry);
  const entry: SystemEntry = {
    type: 'system',
    system_id: system.systemId,
    fleet: system.fleet,
    name: system.name,
    tags: distinctTags(system.tags),
    interval_ms: timing.intervalMs,
    ttl_ms: timing.ttlMs,
    paused: false,
    paused_until: null,
    retired: false,
    credentials: credentialsOf(known, credential),
    changed_at: now,
  };
  const key = systemKey(system.systemId);
  return { decided: { action: 'system_created', key, entry, standsAt: null, notice: noticeOf(entry) } };
};

import { type EpochMs, type Fault, type SystemEntry, systemKey } from '@earshot/contracts';
import { type Decision, noticeOf, refuse, refuseInvalid, type RegistryLookup, standing } from './decision.ts';
import type { SystemPatch } from './registry-change.ts';
import { displayNameFaults, distinctTags, tagsFaults, timingFaults, unknownFleetFault } from './settings-faults.ts';

export interface ChangeSystem {
  readonly systemId: string;
  readonly patch: SystemPatch;
  readonly ifRevision?: number | undefined;
  readonly now: EpochMs;
}

const patched = (entry: SystemEntry, patch: SystemPatch, now: EpochMs): SystemEntry => ({
  ...entry,
  fleet: patch.fleet ?? entry.fleet,
  name: patch.name ?? entry.name,
  tags: patch.tags === undefined ? entry.tags : distinctTags(patch.tags),
  interval_ms: patch.intervalMs ?? entry.interval_ms,
  ttl_ms: patch.ttlMs ?? entry.ttl_ms,
  changed_at: now,
});

const patchFaults = (entries: RegistryLookup, entry: SystemEntry, patch: SystemPatch): readonly Fault[] => [
  ...timingFaults({ intervalMs: entry.interval_ms, ttlMs: entry.ttl_ms }),
  ...displayNameFaults(entry.name),
  ...tagsFaults(entry.tags),
  ...(patch.fleet !== undefined && entries.fleet(patch.fleet) === null ? [unknownFleetFault(patch.fleet)] : []),
];

/**
 * Other settings for a system. One that moves to another fleet keeps its interval and ttl unless it is given others.
 */
export const decideChangeSystem = (entries: RegistryLookup, command: ChangeSystem): Decision<SystemEntry> => {
  const { systemId, patch } = command;
  const known = entries.system(systemId);
  if (known === null || known.entry.retired) return refuse('not_found');
  const entry = patched(known.entry, patch, command.now);
  const faults = patchFaults(entries, entry, patch);
  if (faults.length > 0) return refuseInvalid(faults);
  const standsAt = standing(known, entry, command.ifRevision);
  if (standsAt === 'changed_meanwhile') return refuse(standsAt);
  return {
    decided: { action: 'system_changed', key: systemKey(systemId), entry, standsAt, notice: noticeOf(entry) },
  };
};

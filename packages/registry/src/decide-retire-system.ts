import { type EpochMs, type SystemEntry, systemKey } from '@earshot/contracts';
import { type Decision, noticeOf, refuse, type RegistryLookup, standing } from './decision.ts';

export interface RetireSystem {
  readonly systemId: string;
  readonly ifRevision?: number | undefined;
  readonly now: EpochMs;
}

/**
 * The entry stays as retired and keeps its credentials, so that its heartbeats are known and refused with 403: they prove who
 * sends, and that it may not. A new registration replaces them.
 */
export const decideRetireSystem = (entries: RegistryLookup, command: RetireSystem): Decision<SystemEntry> => {
  const known = entries.system(command.systemId);
  if (known === null) return refuse('not_found');
  const entry: SystemEntry = {
    ...known.entry,
    paused: false,
    paused_until: null,
    retired: true,
    changed_at: command.now,
  };
  const standsAt = standing(known, entry, command.ifRevision);
  if (standsAt === 'changed_meanwhile') return refuse(standsAt);
  const key = systemKey(command.systemId);
  return { decided: { action: 'system_retired', key, entry, standsAt, notice: noticeOf(entry) } };
};

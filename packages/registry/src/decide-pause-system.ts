import { type EpochMs, type Fault, faultValue, type SystemEntry, systemKey } from '@earshot/contracts';
import {
  type ChangeAction,
  type Decision,
  noticeOf,
  refuse,
  refuseInvalid,
  type RegistryLookup,
  standing,
} from './decision.ts';

export interface PauseSystem {
  readonly systemId: string;
  /** Null: until somebody resumes it. */
  readonly until: EpochMs | null;
  readonly ifRevision?: number | undefined;
  readonly now: EpochMs;
}
export type ResumeSystem = Omit<PauseSystem, 'until'>;

const untilFaults = (until: EpochMs | null, now: EpochMs): readonly Fault[] => {
  if (until === null) return [];
  if (!Number.isSafeInteger(until)) return [{ key: 'until', message: 'must_be_integer', value: faultValue(until) }];
  return until > now ? [] : [{ key: 'until', message: 'must_be_in_the_future', value: faultValue(until) }];
};

const decideFlag = (
  entries: RegistryLookup,
  command: ResumeSystem,
  wanted: Pick<SystemEntry, 'paused' | 'paused_until'> & { readonly action: ChangeAction },
): Decision<SystemEntry> => {
  const known = entries.system(command.systemId);
  if (known === null || known.entry.retired) return refuse('not_found');
  const { action, paused, paused_until } = wanted;
  const entry: SystemEntry = { ...known.entry, paused, paused_until, changed_at: command.now };
  const standsAt = standing(known, entry, command.ifRevision);
  if (standsAt === 'changed_meanwhile') return refuse(standsAt);
  return { decided: { action, key: systemKey(command.systemId), entry, standsAt, notice: noticeOf(entry) } };
};

/** Withholds the system's offlines, for ever or until an instant in the future. Paused already is done already. */
export const decidePauseSystem = (entries: RegistryLookup, command: PauseSystem): Decision<SystemEntry> => {
  const faults = untilFaults(command.until, command.now);
  if (faults.length > 0) return refuseInvalid(faults);
  return decideFlag(entries, command, { action: 'system_paused', paused: true, paused_until: command.until });
};

/** Ends a pause. Not paused is done already. */
export const decideResumeSystem = (entries: RegistryLookup, command: ResumeSystem): Decision<SystemEntry> =>
  decideFlag(entries, command, { action: 'system_resumed', paused: false, paused_until: null });

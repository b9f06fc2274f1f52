import type { Fault, FleetEntry, SystemEntry, SystemRecord } from '@earshot/contracts';
import type { Refusal, RegistryEntries, Versioned } from './registry-change.ts';

/** What a decision may look at: the entries as they are now. */
export type RegistryLookup = Pick<RegistryEntries, 'system' | 'fleet' | 'hasSystems'>;

/** What was done to an entry; a closed list, as the audit trail has it. */
export type ChangeAction =
  | 'fleet_created'
  | 'fleet_changed'
  | 'fleet_removed'
  | 'system_created'
  | 'system_changed'
  | 'system_retired'
  | 'system_paused'
  | 'system_resumed'
  | 'system_entered'
  | 'credential_added'
  | 'credential_revoked';

/** What the fold must know at once; its revision is known only when the entry stands in the log. */
export interface SystemNotice {
  readonly systemId: string;
  readonly record: Omit<SystemRecord, 'revision'>;
}

/** What a change comes to. */
export interface Decided<E extends SystemEntry | FleetEntry | null> {
  readonly action: ChangeAction;
  /** The registry key. */
  readonly key: string;
  /** The entry as it shall be; null: gone. */
  readonly entry: E;
  /** The revision at which the entry is so already, where nothing is to be appended; null otherwise. */
  readonly standsAt: number | null;
  /** Told to the fold also where the entry stands already: the change before this one may have been made in part. */
  readonly notice: SystemNotice | null;
}

export type Decision<E extends SystemEntry | FleetEntry | null> =
  | { readonly refused: Refusal }
  | { readonly decided: Decided<E> };

export const refuse = (reason: Exclude<Refusal['reason'], 'invalid'>): { readonly refused: Refusal } => ({
  refused: { reason },
});
export const refuseInvalid = (faults: readonly Fault[]): { readonly refused: Refusal } => ({
  refused: { reason: 'invalid', faults },
});

export const noticeOf = (entry: SystemEntry): SystemNotice => ({
  systemId: entry.system_id,
  record: {
    type: 'system',
    ttl_ms: entry.ttl_ms,
    paused: entry.paused,
    retired: entry.retired,
    fleet: entry.fleet,
  },
});

/**
 * Whether two entries say the same, whenever they were changed. Made by spreading one into the other, their members are
 * in order.
 */
const isSame = <E extends SystemEntry | FleetEntry>(one: E, other: E): boolean =>
  JSON.stringify({ ...one, changed_at: 0 }) === JSON.stringify({ ...other, changed_at: 0 });

/**
 * The revision at which the wanted entry stands already, null where it is to be appended, or `changed_meanwhile`. What
 * is wanted already is never refused for its revision: it is the repetition of a change that was made in part.
 */
export const standing = <E extends SystemEntry | FleetEntry>(
  known: Versioned<E>,
  wanted: E,
  ifRevision: number | undefined,
): number | null | 'changed_meanwhile' => {
  if (isSame(known.entry, wanted)) return known.revision;
  return ifRevision === undefined || ifRevision === known.revision ? null : 'changed_meanwhile';
};

/**
 * Whether the owner's username is taken: by a fleet for a system, by a system for a fleet. Usernames are one namespace.
 */
export const isTakenByFleet = (entries: RegistryLookup, systemId: string): boolean =>
  (entries.fleet(systemId)?.entry.credentials.length ?? 0) > 0;
export const isTakenBySystem = (entries: RegistryLookup, fleet: string): boolean =>
  (entries.system(fleet)?.entry.credentials.length ?? 0) > 0;

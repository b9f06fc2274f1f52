import {
  type CredentialEntry,
  type EpochMs,
  type FleetEntry,
  fleetKey,
  type SystemEntry,
  systemKey,
} from '@earshot/contracts';
import {
  type ChangeAction,
  type Decision,
  isTakenByFleet,
  isTakenBySystem,
  refuse,
  refuseInvalid,
  type RegistryLookup,
} from './decision.ts';
import type { CredentialOwnerName, Versioned } from './registry-change.ts';

/** Live credentials of one owner: enough for a rotation per deployment stage; bounds what one login costs to check. */
export const CREDENTIALS_MAX = 10;

export interface AddCredential {
  readonly owner: CredentialOwnerName;
  readonly credential: CredentialEntry;
  readonly now: EpochMs;
}
export interface RevokeCredential {
  readonly owner: CredentialOwnerName;
  readonly credentialId: string;
  readonly now: EpochMs;
}

/** The entry of a credential's owner; null where there is none, or it is retired. */
const findOwner = (entries: RegistryLookup, owner: CredentialOwnerName): Versioned<SystemEntry | FleetEntry> | null => {
  const found = owner.kind === 'fleet' ? entries.fleet(owner.name) : entries.system(owner.systemId);
  return found?.entry.type === 'system' && found.entry.retired ? null : found;
};

/** The registry key of a credential's owner. */
export const ownerKey = (owner: CredentialOwnerName): string =>
  owner.kind === 'fleet' ? fleetKey(owner.name) : systemKey(owner.systemId);

/** Under which username the owner sends. */
export const ownerUsername = (owner: CredentialOwnerName): string =>
  owner.kind === 'fleet' ? owner.name : owner.systemId;

const withCredentials = (
  entry: SystemEntry | FleetEntry,
  credentials: readonly CredentialEntry[],
  change: { readonly action: ChangeAction; readonly owner: CredentialOwnerName; readonly now: EpochMs },
): Decision<SystemEntry | FleetEntry> => ({
  decided: {
    action: change.action,
    key: ownerKey(change.owner),
    entry: { ...entry, credentials, changed_at: change.now },
    standsAt: null,
    notice: null,
  },
});

/** One more live credential, so that a secret can be rotated without a gap; refused where the username is another's. */
export const decideAddCredential = (
  entries: RegistryLookup,
  command: AddCredential,
): Decision<SystemEntry | FleetEntry> => {
  const { owner, credential, now } = command;
  const known = findOwner(entries, owner);
  if (known === null) return refuse('not_found');
  const { credentials } = known.entry;
  if (credentials.length >= CREDENTIALS_MAX) {
    return refuseInvalid([{ key: 'credentials', message: 'too_many', value: String(credentials.length) }]);
  }
  const isTaken =
    owner.kind === 'fleet' ? isTakenBySystem(entries, owner.name) : isTakenByFleet(entries, owner.systemId);
  if (isTaken) return refuse('already_exists');
  /** Ids are random; two alike are refused as something that a repetition mends. */
  if (credentials.some(({ id }) => id === credential.id)) return refuse('unavailable');
  return withCredentials(known.entry, [...credentials, credential], { action: 'credential_added', owner, now });
};

/** One credential less; the others go on working. */
export const decideRevokeCredential = (
  entries: RegistryLookup,
  command: RevokeCredential,
): Decision<SystemEntry | FleetEntry> => {
  const { owner, credentialId, now } = command;
  const known = findOwner(entries, owner);
  const left = known?.entry.credentials.filter(({ id }) => id !== credentialId) ?? [];
  if (known === null || left.length === known.entry.credentials.length) return refuse('not_found');
  return withCredentials(known.entry, left, { action: 'credential_revoked', owner, now });
};

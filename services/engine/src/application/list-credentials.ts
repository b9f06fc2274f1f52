import { type CredentialEntry, toIso, toIsoOrNull } from '@earshot/contracts';
import type { CredentialOwnerName } from '@earshot/registry';
import type { EngineContext } from './engine-context.ts';
import { readFresh } from './read-fresh.ts';

/** A credential without anything of its secret. */
export interface CredentialDocument {
  readonly id: string;
  readonly created_at: string;
  /** When the owner's newest heartbeat came with it; null if that came with another. Fleets: always null. */
  readonly last_used: string | null;
}

const present = (entry: CredentialEntry, lastUsed: string | null): CredentialDocument => ({
  id: entry.id,
  created_at: toIso(entry.created_at),
  last_used: lastUsed,
});

const ofSystem = async (context: EngineContext, systemId: string): Promise<readonly CredentialDocument[] | null> => {
  const entries = context.catalog.registry.systemCredentials(systemId);
  if (entries === null) return null;
  const row = (await readFresh(context, [systemId])).systems.get(systemId)?.row;
  return entries.map((entry) => present(entry, entry.id === row?.credential ? toIsoOrNull(row.lastSeen) : null));
};

/** The live credentials of a system or fleet; null when there is no such owner. At most CREDENTIALS_MAX. */
export const listCredentials = async (
  context: EngineContext,
  owner: CredentialOwnerName,
): Promise<readonly CredentialDocument[] | null> => {
  if (owner.kind === 'system') return ofSystem(context, owner.systemId);
  const fleet = context.catalog.registry.fleet(owner.name);
  return fleet === null ? null : fleet.entry.credentials.map((entry) => present(entry, null));
};

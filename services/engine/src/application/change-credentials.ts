import type { CredentialOwnerName, IssuedCredential, Outcome } from '@earshot/registry';
import type { KnownSystem } from '../domain/system-query.ts';
import { type ChangeRequest, orNotYet, standsAsWanted } from './change-request.ts';
import type { EngineContext } from './engine-context.ts';

type Target = ChangeRequest & { readonly owner: CredentialOwnerName };

const revisionOf = ({ catalog }: EngineContext, owner: CredentialOwnerName): number | null =>
  (owner.kind === 'fleet' ? catalog.registry.fleet(owner.name) : catalog.registry.system(owner.systemId))?.revision ??
  null;

const knownOwner = ({ catalog }: EngineContext, owner: CredentialOwnerName): KnownSystem | null =>
  owner.kind === 'system' ? catalog.systems.find(owner.systemId) : null;

/** One more secret for a system or fleet; the only time it is shown. */
export const addCredential = async (context: EngineContext, target: Target): Promise<Outcome<IssuedCredential>> => {
  const { owner, by } = target;
  if (!standsAsWanted(target, revisionOf(context, owner))) return { refused: { reason: 'changed_meanwhile' } };
  return orNotYet(await context.writer.addCredential(owner, { by }), knownOwner(context, owner));
};

/** One secret less; it stops working within a second. */
export const revokeCredential = async (
  context: EngineContext,
  target: Target,
  credentialId: string,
): Promise<Outcome<null>> => {
  const { owner, by } = target;
  if (!standsAsWanted(target, revisionOf(context, owner))) return { refused: { reason: 'changed_meanwhile' } };
  return orNotYet(await context.writer.revokeCredential(owner, credentialId, { by }), knownOwner(context, owner));
};

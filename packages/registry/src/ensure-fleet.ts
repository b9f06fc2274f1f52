import type { IssuedCredential, NewFleet, RegistryWriter } from './registry-change.ts';
import { RegistryError } from './registry-error.ts';

/**
 * Makes the fleet at the first start and gives its credential, this once; null where it, or a system of that name with
 * credentials, is there already. Rejects with EARSHOT_REGISTRY_NOT_MADE where it can be neither found nor made; may be
 * repeated.
 */
export const ensureFleet = async (
  writer: Pick<RegistryWriter, 'createFleet'>,
  fleet: NewFleet,
): Promise<IssuedCredential | null> => {
  const outcome = await writer.createFleet(fleet);
  if ('done' in outcome) return outcome.done.credential;
  const { refused } = outcome;
  if (refused.reason === 'already_exists') return null;
  const faults = refused.reason === 'invalid' ? refused.faults.map(({ key, message }) => ` ${key} ${message}`) : [];
  throw new RegistryError('EARSHOT_REGISTRY_NOT_MADE', `fleet ${fleet.name}: ${refused.reason}${faults.join(',')}`);
};

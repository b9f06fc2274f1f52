import { FLEET_SYSTEMS_MAX_DEFAULT } from '@earshot/contracts';
import { ensureFleet, type IssuedCredential, type RegistryWriter } from '@earshot/registry';
import type { StandaloneSettings } from './config.ts';
import { type DataDirectory, writeSecretFile } from './data-directory.ts';

const FIRST_FLEET = 'default';
const MS_PER_SECOND = 1_000;

/**
 * Makes the fleet `default` at the first start and keeps its secret in the data directory. Answers the credential then, and null at
 * any later start.
 */
export const ensureFirstFleet = async (
  registry: Pick<RegistryWriter, 'createFleet'>,
  settings: StandaloneSettings,
  directory: DataDirectory,
): Promise<IssuedCredential | null> => {
  const credential = await ensureFleet(registry, {
    name: FIRST_FLEET,
    intervalMs: settings.defaultIntervalSeconds * MS_PER_SECOND,
    ttlMs: settings.defaultTtlSeconds * MS_PER_SECOND,
    autoRegister: true,
    systemsMax: FLEET_SYSTEMS_MAX_DEFAULT,
    coversOwn: false,
  });
  if (credential !== null) writeSecretFile(directory.firstCredential, credential.password);
  return credential;
};

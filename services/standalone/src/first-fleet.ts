import { existsSync } from 'node:fs';
import { FLEET_SYSTEMS_MAX_DEFAULT } from '@earshot/contracts';
import {
  ensureFleet,
  type IssuedCredential,
  type NewFleet,
  RegistryError,
  type RegistryView,
  type RegistryWriter,
} from '@earshot/registry';
import { type Clock, wait } from '@earshot/runtime';
import { writeSecretFile } from './data-directory.ts';

export const FIRST_FLEET = 'default';
/** The engine becomes the registry's writer a moment after its start. */
const WRITER_WAIT_MS = 10_000;
const RETRY_MS = 50;

export interface FirstFleetOptions {
  readonly registry: Pick<RegistryWriter, 'createFleet' | 'addCredential'>;
  readonly view: RegistryView;
  readonly clock: Clock;
  readonly fleet: Pick<NewFleet, 'intervalMs' | 'ttlMs'>;
  /** Where the secret is kept. */
  readonly path: string;
}

const create = async ({ registry, view, clock, fleet }: FirstFleetOptions): Promise<IssuedCredential | null> => {
  // At any later start nothing is asked of the writer, whose catalog may have to be filled first.
  if (view.fleet(FIRST_FLEET) !== null) return null;
  const first = { name: FIRST_FLEET, autoRegister: true, systemsMax: FLEET_SYSTEMS_MAX_DEFAULT, coversOwn: false };
  const until = clock.monotonicNow() + WRITER_WAIT_MS;
  for (;;) {
    try {
      return await ensureFleet(registry, { ...first, ...fleet });
    } catch (error) {
      if (!(error instanceof RegistryError) || clock.monotonicNow() >= until) throw error;
      await wait(clock, RETRY_MS);
    }
  }
};

/** A first start that ended between making the fleet and keeping its secret: nobody has it, so nobody has sent anything. */
const isUnfinished = ({ view, path }: FirstFleetOptions): boolean =>
  !existsSync(path) && view.fleet(FIRST_FLEET)?.systems === 0;

const addCredential = async ({ registry }: FirstFleetOptions): Promise<IssuedCredential | null> => {
  const outcome = await registry.addCredential({ kind: 'fleet', name: FIRST_FLEET });
  return 'done' in outcome ? outcome.done : null;
};

/**
 * Makes the fleet `default` at the first start and keeps its secret in a file. Answers the credential then, and null at any later
 * start. A first start that was cut off is made good by the next.
 */
export const ensureFirstFleet = async (options: FirstFleetOptions): Promise<IssuedCredential | null> => {
  const created = await create(options);
  const credential = created === null && isUnfinished(options) ? await addCredential(options) : created;
  if (credential !== null) writeSecretFile(options.path, credential.password);
  return credential;
};

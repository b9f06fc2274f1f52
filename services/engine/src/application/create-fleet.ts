import { type DurationMs, FLEET_SYSTEMS_MAX_DEFAULT } from '@earshot/contracts';
import type { IssuedCredential, NewFleet, Outcome } from '@earshot/registry';
import type { ChangeRequest } from './change-request.ts';
import type { EngineContext } from './engine-context.ts';
import { type FleetDocument, presentFleet } from './list-fleets.ts';

export interface FleetCreation {
  readonly name: string;
  readonly intervalMs?: DurationMs;
  readonly ttlMs?: DurationMs;
  readonly autoRegister?: boolean;
  readonly systemsMax?: number;
  readonly coversOwn?: boolean;
}

export interface CreatedFleet {
  readonly fleet: FleetDocument;
  readonly revision: number;
  readonly credential: IssuedCredential;
}

/** What a new fleet gets where nobody says otherwise. */
export const fleetDefaults = (context: Pick<EngineContext, 'defaults'>): Omit<NewFleet, 'name'> => ({
  ...context.defaults,
  autoRegister: true,
  systemsMax: FLEET_SYSTEMS_MAX_DEFAULT,
  coversOwn: false,
});

/** A new fleet with its first secret. */
export const createFleet = async (
  context: EngineContext,
  creation: FleetCreation,
  request: Pick<ChangeRequest, 'by'>,
): Promise<Outcome<CreatedFleet>> => {
  const outcome = await context.writer.createFleet({ ...fleetDefaults(context), ...creation }, { by: request.by });
  if ('refused' in outcome) return outcome;
  const { fleet, credential } = outcome.done;
  return { done: { fleet: presentFleet(context, fleet.entry), revision: fleet.revision, credential } };
};

import type { Outcome } from '@earshot/registry';
import { changeOptions, type ChangeRequest, orNotYet } from './change-request.ts';
import type { EngineContext } from './engine-context.ts';

/** Takes a system out of the watch: its heartbeats are refused from now on, its credentials are gone. */
export const retireSystem = async (
  context: EngineContext,
  target: ChangeRequest & { readonly systemId: string },
): Promise<Outcome<null>> => {
  const known = context.catalog.systems.find(target.systemId);
  const options = changeOptions(target, known?.revision ?? null);
  return orNotYet(await context.writer.retireSystem(target.systemId, options), known);
};

import type { Outcome } from '@earshot/registry';
import { changeOptions, type ChangeRequest } from './change-request.ts';
import type { EngineContext } from './engine-context.ts';

/** Takes away a fleet that has no systems any more, with its secrets. */
export const removeFleet = (
  context: EngineContext,
  target: ChangeRequest & { readonly name: string },
): Promise<Outcome<null>> => {
  const current = context.catalog.registry.fleet(target.name)?.revision ?? null;
  return context.writer.removeFleet(target.name, changeOptions(target, current));
};

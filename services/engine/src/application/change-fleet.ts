import type { DurationMs } from '@earshot/contracts';
import type { FleetPatch, Outcome } from '@earshot/registry';
import { changeOptions, type ChangeRequest } from './change-request.ts';
import { fleetDefaults } from './create-fleet.ts';
import type { EngineContext } from './engine-context.ts';
import { type FleetDocument, presentFleet } from './list-fleets.ts';

/** A merge patch: what is missing stays, null goes back to what a new fleet would get. */
export interface FleetChange {
  readonly intervalMs?: DurationMs | null;
  readonly ttlMs?: DurationMs | null;
  readonly autoRegister?: boolean | null;
  readonly systemsMax?: number | null;
  readonly coversOwn?: boolean | null;
}

const patchOf = (context: EngineContext, change: FleetChange): FleetPatch => {
  const defaults = fleetDefaults(context);
  return {
    ...(change.intervalMs === undefined ? {} : { intervalMs: change.intervalMs ?? defaults.intervalMs }),
    ...(change.ttlMs === undefined ? {} : { ttlMs: change.ttlMs ?? defaults.ttlMs }),
    ...(change.autoRegister === undefined ? {} : { autoRegister: change.autoRegister ?? defaults.autoRegister }),
    ...(change.systemsMax === undefined ? {} : { systemsMax: change.systemsMax ?? defaults.systemsMax }),
    ...(change.coversOwn === undefined ? {} : { coversOwn: change.coversOwn ?? defaults.coversOwn }),
  };
};

/** Other settings for a fleet. Systems that are registered already keep theirs. */
export const changeFleet = async (
  context: EngineContext,
  target: ChangeRequest & { readonly name: string },
  change: FleetChange,
): Promise<Outcome<{ readonly fleet: FleetDocument; readonly revision: number }>> => {
  const { name } = target;
  const current = context.catalog.registry.fleet(name)?.revision ?? null;
  const outcome = await context.writer.changeFleet(name, patchOf(context, change), changeOptions(target, current));
  if ('refused' in outcome) return outcome;
  const { entry, revision } = outcome.done;
  return { done: { fleet: presentFleet(context, entry), revision } };
};

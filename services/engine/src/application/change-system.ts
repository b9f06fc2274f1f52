import type { DurationMs } from '@earshot/contracts';
import type { Outcome, SystemPatch } from '@earshot/registry';
import { changeOptions, type ChangeRequest, orNotYet } from './change-request.ts';
import type { EngineContext } from './engine-context.ts';
import { type ChangedSystem, presentOutcome } from './present-changed.ts';

/** A merge patch: what is missing stays, null goes back to what a new system of the fleet would get. */
export interface SystemChange {
  readonly fleet?: string;
  readonly name?: string | null;
  readonly tags?: readonly string[] | null;
  readonly intervalMs?: DurationMs | null;
  readonly ttlMs?: DurationMs | null;
}

const timing = (
  context: EngineContext,
  fleet: string,
): { readonly intervalMs: DurationMs; readonly ttlMs: DurationMs } => {
  const entry = context.catalog.registry.fleet(fleet)?.entry;
  return entry === undefined ? context.defaults : { intervalMs: entry.interval_ms, ttlMs: entry.ttl_ms };
};

const patchOf = (context: EngineContext, fleet: string, change: SystemChange): SystemPatch => {
  const inherited = timing(context, change.fleet ?? fleet);
  return {
    ...(change.fleet === undefined ? {} : { fleet: change.fleet }),
    ...(change.name === undefined ? {} : { name: change.name ?? '' }),
    ...(change.tags === undefined ? {} : { tags: change.tags ?? [] }),
    ...(change.intervalMs === undefined ? {} : { intervalMs: change.intervalMs ?? inherited.intervalMs }),
    ...(change.ttlMs === undefined ? {} : { ttlMs: change.ttlMs ?? inherited.ttlMs }),
  };
};

/** Other settings for a system. */
export const changeSystem = async (
  context: EngineContext,
  target: ChangeRequest & { readonly systemId: string },
  change: SystemChange,
): Promise<Outcome<ChangedSystem>> => {
  const { systemId } = target;
  const known = context.catalog.systems.find(systemId);
  const patch = patchOf(context, known?.fleet ?? '', change);
  const options = changeOptions(target, known?.revision ?? null);
  const outcome = await context.writer.changeSystem(systemId, patch, options);
  return orNotYet(await presentOutcome(context, outcome), known);
};

import type { EpochMs } from '@earshot/contracts';
import type { Outcome } from '@earshot/registry';
import { changeOptions, type ChangeRequest, orNotYet } from './change-request.ts';
import type { EngineContext } from './engine-context.ts';
import { type ChangedSystem, presentOutcome } from './present-changed.ts';

type Target = ChangeRequest & { readonly systemId: string };

/** Withholds a system's offlines until the instant, or until somebody resumes it (null). Its heartbeats count as ever. */
export const pauseSystem = async (
  context: EngineContext,
  target: Target,
  until: EpochMs | null,
): Promise<Outcome<ChangedSystem>> => {
  const known = context.catalog.systems.find(target.systemId);
  const options = changeOptions(target, known?.revision ?? null);
  const outcome = await context.writer.pauseSystem(target.systemId, until, options);
  return orNotYet(await presentOutcome(context, outcome), known);
};

/** Ends a pause; a fresh ttl starts. */
export const resumeSystem = async (context: EngineContext, target: Target): Promise<Outcome<ChangedSystem>> => {
  const known = context.catalog.systems.find(target.systemId);
  const outcome = await context.writer.resumeSystem(target.systemId, changeOptions(target, known?.revision ?? null));
  return orNotYet(await presentOutcome(context, outcome), known);
};

import type { DurationMs } from '@earshot/contracts';
import type { IssuedCredential, NewSystem, Outcome } from '@earshot/registry';
import type { SystemDocument } from '../domain/present-system.ts';
import type { ChangeRequest } from './change-request.ts';
import type { EngineContext } from './engine-context.ts';
import { presentChanged } from './present-changed.ts';

/** The fleet of a system that names none. */
const DEFAULT_FLEET = 'default';

export interface SystemCreation {
  readonly systemId: string;
  readonly fleet?: string;
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly intervalMs?: DurationMs;
  readonly ttlMs?: DurationMs;
}

export interface CreatedSystem {
  readonly system: SystemDocument;
  readonly revision: number;
  readonly credential: IssuedCredential;
}

/** Enters a system with a secret of its own, or brings a retired one back as a new registration. */
export const createSystem = async (
  context: EngineContext,
  creation: SystemCreation,
  request: Pick<ChangeRequest, 'by'>,
): Promise<Outcome<CreatedSystem>> => {
  const system: NewSystem = { fleet: DEFAULT_FLEET, name: '', tags: [], ...creation };
  const outcome = await context.writer.createSystem(system, { by: request.by });
  if ('refused' in outcome) return outcome;
  const { credential } = outcome.done;
  return { done: { ...(await presentChanged(context, outcome.done.system)), credential } };
};

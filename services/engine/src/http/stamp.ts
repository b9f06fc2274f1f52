import { toIsoOrNull } from '@earshot/contracts';
import type { EngineContext } from '../application/engine-context.ts';

/** What every answer about liveness carries: up to when it is true, and whether the projection was read just now (G10). */
export interface Stamp {
  readonly as_of: string | null;
  readonly projection: 'reachable' | 'unreachable';
}

/** `projection`: what reading for this very answer found. */
export const stampOf = (context: EngineContext, projection?: Stamp['projection']): Stamp => {
  const observation = context.observation();
  return { as_of: toIsoOrNull(observation.asOf), projection: projection ?? observation.projection };
};

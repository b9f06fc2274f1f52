import type { TransitionDocument } from '@earshot/contracts';
import { presentSystem, type SystemDocument } from '../domain/present-system.ts';
import type { EngineContext } from './engine-context.ts';
import { readFresh } from './read-fresh.ts';

/** Transitions shown with a single system; the rest is in the list of transitions. */
const SHOWN_TRANSITIONS_MAX = 10;

export interface FoundSystem {
  readonly system: SystemDocument;
  /** Newest first. */
  readonly transitions: readonly TransitionDocument[];
  /** Of its registry entry; null while it has none. */
  readonly revision: number | null;
  readonly projection: 'reachable' | 'unreachable';
}

/** One system with its newest transitions; null when it is not known or retired. */
export const findSystem = async (context: EngineContext, systemId: string): Promise<FoundSystem | null> => {
  const known = context.catalog.systems.find(systemId);
  if (known === null) return null;
  const fresh = await readFresh(context, [systemId]);
  const { rows } = context.catalog.history.transitions({
    systemIds: [systemId],
    to: [],
    from: null,
    until: null,
    after: null,
    limit: SHOWN_TRANSITIONS_MAX,
  });
  return {
    system: presentSystem(known, fresh.systems.get(systemId) ?? null),
    transitions: rows,
    revision: known.revision,
    projection: fresh.reachable ? context.observation().projection : 'unreachable',
  };
};

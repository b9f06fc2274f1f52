import type { SystemEntry } from '@earshot/contracts';
import type { Outcome, Versioned } from '@earshot/registry';
import { presentSystem, type SystemDocument } from '../domain/present-system.ts';
import type { KnownSystem } from '../domain/system-query.ts';
import type { EngineContext } from './engine-context.ts';
import { readFresh } from './read-fresh.ts';

export interface ChangedSystem {
  readonly system: SystemDocument;
  readonly revision: number;
}

/** A system as entered, of which nothing else is known. */
const unseen = ({ entry, revision }: Versioned<SystemEntry>): KnownSystem => ({
  number: 0,
  systemId: entry.system_id,
  fleet: entry.fleet,
  name: entry.name,
  tags: entry.tags,
  intervalMs: entry.interval_ms,
  ttlMs: entry.ttl_ms,
  state: 'unseen',
  retired: entry.retired,
  paused: entry.paused,
  pausedUntil: entry.paused_until,
  stateSince: null,
  lastSeen: null,
  offlineAt: null,
  registration: 0,
  sequence: 0,
  revision,
  verdict: null,
});

/** A system right after a change: its settings as entered, the rest as known. */
export const presentChanged = async (
  context: EngineContext,
  entered: Versioned<SystemEntry>,
): Promise<ChangedSystem> => {
  const { entry, revision } = entered;
  const known = context.catalog.systems.find(entry.system_id) ?? unseen(entered);
  const fresh = await readFresh(context, [entry.system_id]);
  return { system: presentSystem(known, fresh.systems.get(entry.system_id) ?? null), revision };
};

export const presentOutcome = async (
  context: EngineContext,
  outcome: Outcome<Versioned<SystemEntry>>,
): Promise<Outcome<ChangedSystem>> =>
  'refused' in outcome ? outcome : { done: await presentChanged(context, outcome.done) };

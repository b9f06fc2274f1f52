import type { DurationMs } from '@earshot/contracts';
import { presentSystem, type SystemDocument } from '../domain/present-system.ts';
import {
  ANY_STANDING,
  type Flag,
  type KnownSystem,
  type Lane,
  type RowKey,
  type Standing,
  type SystemFilter,
  type SystemOrder,
} from '../domain/system-query.ts';
import type { EngineContext } from './engine-context.ts';
import type { Observation } from './observation.ts';
import { readFresh } from './read-fresh.ts';
import { yieldToOthers } from './yield-to-others.ts';

/** How long a page is looked for in all; then what was found is answered, with where to go on. */
const SEARCH_MS_MAX: DurationMs = 2_000;

export interface SystemsQuery {
  /** In one of these lanes or with one of these flags; both empty: all that are watched. */
  readonly lanes: readonly Lane[];
  readonly flags: readonly Flag[];
  readonly fleets: readonly string[];
  readonly tags: readonly string[];
  readonly prefix: string;
  readonly systemIds: readonly string[];
  readonly order: SystemOrder;
  readonly after: RowKey | null;
  readonly limit: number;
}

export interface SystemsPage {
  readonly systems: readonly SystemDocument[];
  /** Null at the end. A page may be short, even empty, although more follow: then they are few and far between. */
  readonly next: RowKey | null;
  readonly projection: 'reachable' | 'unreachable';
}

const standingOf = (query: SystemsQuery, observation: Observation): Standing => {
  if (query.lanes.length === 0 && query.flags.length === 0) return ANY_STANDING;
  const named = [
    ...(query.flags.includes('late') ? observation.lateSystems : []),
    ...(query.flags.includes('held') ? observation.heldSystems : []),
  ];
  return { lanes: query.lanes, paused: query.flags.includes('paused'), named };
};

/** Looks on in slices until the page is full, letting others run between them. */
const search = async (
  context: EngineContext,
  query: SystemsQuery,
  filter: SystemFilter,
): Promise<{ readonly rows: readonly KnownSystem[]; readonly next: RowKey | null }> => {
  const until = context.clock.monotonicNow() + SEARCH_MS_MAX;
  const rows: KnownSystem[] = [];
  let after = query.after;
  for (;;) {
    const scanned = context.catalog.systems.scan({
      filter,
      order: query.order,
      after,
      limit: query.limit - rows.length,
    });
    rows.push(...scanned.rows);
    after = scanned.next;
    if (after === null || rows.length >= query.limit || context.clock.monotonicNow() >= until)
      return { rows, next: after };
    await yieldToOthers();
  }
};

/** A system that has changed its state since it was found is not what was asked for any more. */
const stillFits = (query: SystemsQuery, document: SystemDocument): boolean => {
  if (query.lanes.length === 0 || query.flags.length > 0) return true;
  return query.lanes.includes(document.retired ? 'retired' : document.state);
};

/** A page of the systems that fit, as the projection shows them now. */
export const listSystems = async (context: EngineContext, query: SystemsQuery): Promise<SystemsPage> => {
  const { fleets, tags, prefix, systemIds } = query;
  const filter = { standing: standingOf(query, context.observation()), fleets, tags, prefix, systemIds };
  const { rows, next } = await search(context, query, filter);
  const fresh = await readFresh(
    context,
    rows.map(({ systemId }) => systemId),
  );
  return {
    systems: rows
      .map((known) => presentSystem(known, fresh.systems.get(known.systemId) ?? null))
      .filter((document) => stillFits(query, document)),
    next,
    projection: fresh.reachable ? context.observation().projection : 'unreachable',
  };
};

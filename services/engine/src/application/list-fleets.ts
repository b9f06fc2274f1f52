import type { FleetEntry } from '@earshot/contracts';
import type { Versioned } from '@earshot/registry';
import type { EngineContext } from './engine-context.ts';

const MS_PER_SECOND = 1_000;

/** A fleet as operators and machines see it; never its secrets. */
export interface FleetDocument {
  readonly name: string;
  readonly interval_seconds: number;
  readonly ttl_seconds: number;
  readonly auto_register: boolean;
  readonly max_systems: number;
  readonly covers_own: boolean;
  readonly totals: {
    readonly systems: number;
    readonly unseen: number;
    readonly online: number;
    readonly offline: number;
    readonly of_which: { readonly paused: number };
  };
}

export const presentFleet = (context: EngineContext, entry: FleetEntry): FleetDocument => {
  const { paused, ...totals } = context.catalog.systems.totalsOf(entry.name);
  return {
    name: entry.name,
    interval_seconds: entry.interval_ms / MS_PER_SECOND,
    ttl_seconds: entry.ttl_ms / MS_PER_SECOND,
    auto_register: entry.auto_register,
    max_systems: entry.max_systems,
    covers_own: entry.covers_own,
    totals: { ...totals, of_which: { paused } },
  };
};

export interface FleetsPage {
  readonly fleets: readonly FleetDocument[];
  /** Name of the last one, to go on after; null at the end. */
  readonly next: string | null;
}

/** Fleets by name. */
export const listFleets = (
  context: EngineContext,
  page: { readonly after: string; readonly limit: number },
): FleetsPage => {
  const found = context.catalog.registry.fleetsAfter(page.after, page.limit + 1);
  const shown = found.slice(0, page.limit);
  return {
    fleets: shown.map(({ entry }) => presentFleet(context, entry)),
    next: found.length > page.limit ? (shown.at(-1)?.entry.name ?? null) : null,
  };
};

/** One fleet with its revision; null when there is none. */
export const findFleet = (
  context: EngineContext,
  name: string,
): { readonly fleet: FleetDocument; readonly revision: number } | null => {
  const found: Versioned<FleetEntry> | null = context.catalog.registry.fleet(name);
  return found === null ? null : { fleet: presentFleet(context, found.entry), revision: found.revision };
};

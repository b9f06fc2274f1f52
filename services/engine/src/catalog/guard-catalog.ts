import type { Catalog } from '../application/catalog.ts';

/** Does a piece of work and answers what it answers, under somebody's eyes. */
export type Guard = <R>(work: () => R) => R;

/** The part of a catalog that is about what is stored. */
export type StoredCatalog = Pick<Catalog, 'identity' | 'registry' | 'systems' | 'history' | 'sources'>;

const guardRegistry = (registry: Catalog['registry'], guard: Guard): Catalog['registry'] => ({
  system: (systemId) => guard(() => registry.system(systemId)),
  fleet: (name) => guard(() => registry.fleet(name)),
  hasSystems: (fleet) => guard(() => registry.hasSystems(fleet)),
  reached: (end) => registry.reached(end),
  token: (sha256) => guard(() => registry.token(sha256)),
  systemCredentials: (systemId) => guard(() => registry.systemCredentials(systemId)),
  fleetsAfter: (name, limit) => guard(() => registry.fleetsAfter(name, limit)),
});

const guardSystems = (systems: Catalog['systems'], guard: Guard): Catalog['systems'] => ({
  find: (systemId) => guard(() => systems.find(systemId)),
  scan: (scan) => guard(() => systems.scan(scan)),
  totals: () => guard(() => systems.totals()),
  totalsOf: (fleet) => guard(() => systems.totalsOf(fleet)),
  largestFleets: (limit) => guard(() => systems.largestFleets(limit)),
  refresh: (seen) => guard(() => systems.refresh(seen)),
  unentered: (afterNumber, limit) => guard(() => systems.unentered(afterNumber, limit)),
  paused: (afterNumber, limit) => guard(() => systems.paused(afterNumber, limit)),
  entered: (systemIds) => guard(() => systems.entered(systemIds)),
  overduePauses: (now, limit) => guard(() => systems.overduePauses(now, limit)),
});

const guardHistory = (history: Catalog['history'], guard: Guard): Catalog['history'] => ({
  transitions: (scan) => guard(() => history.transitions(scan)),
  outages: (scan) => guard(() => history.outages(scan)),
  silences: () => guard(() => history.silences()),
  forgetBefore: (at) => guard(() => history.forgetBefore(at)),
});

const guardSources = (sources: Catalog['sources'], guard: Guard): Catalog['sources'] => ({
  position: (source, partition) => guard(() => sources.position(source, partition)),
  apply: (source, partition, records) => guard(() => sources.apply(source, partition, records)),
  noteReached: (source, partition, position) => guard(() => sources.noteReached(source, partition, position)),
});

/** The same catalog with everything under guard that reads or writes what is stored. */
export const guardCatalog = (stored: StoredCatalog, guard: Guard): StoredCatalog => ({
  identity: () => guard(() => stored.identity()),
  registry: guardRegistry(stored.registry, guard),
  systems: guardSystems(stored.systems, guard),
  history: guardHistory(stored.history, guard),
  sources: guardSources(stored.sources, guard),
});

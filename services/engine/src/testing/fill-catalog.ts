import type { SystemEntry, Transition } from '@earshot/contracts';
import type { Catalog } from '../application/catalog.ts';
import { openCatalog } from '../catalog/open-catalog.ts';
import { AT, registryRecord, transitionRecord } from './records.ts';

/** A catalog in memory whose wall time stands still. */
export const volatileCatalog = (): Catalog =>
  openCatalog({
    path: null,
    clock: { wallNow: () => AT, monotonicNow: () => 0, after: () => ({ cancel: () => undefined }) },
    onReplaced: () => undefined,
  });

/** Enters systems, each at the next position of the registry. */
export const enter = (catalog: Catalog, entries: readonly SystemEntry[]): void => {
  const start = catalog.sources.position('registry', 0)?.position ?? 0;
  catalog.sources.apply(
    'registry',
    0,
    entries.map((entry, index) => registryRecord(start + index, entry)),
  );
};

/** Takes transitions in, each at the position it says. */
export const happen = (catalog: Catalog, transitions: readonly Transition[]): void => {
  catalog.sources.apply('transitions', 0, transitions.map(transitionRecord));
};

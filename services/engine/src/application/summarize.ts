import { CATALOG_BEHIND_MS } from '../domain/catalog-currency.ts';
import { type PartitionDocument, presentPartition } from '../domain/observe-partitions.ts';
import type { EngineContext } from './engine-context.ts';
import { currentIncidents, type IncidentDocument } from './list-incidents.ts';
import type { Observation } from './observation.ts';
import type { LaneTotals } from '../domain/system-query.ts';

/** `unseen`, `online` and `offline` add up to `systems`; what is under `of_which` overlaps. */
interface TotalsDocument {
  readonly systems: number;
  readonly unseen: number;
  readonly online: number;
  readonly offline: number;
  readonly of_which: { readonly late: number; readonly held: number; readonly paused: number };
}

/**
 * `filling`: lists are not there yet, and totals are not complete, or old ones if it is filled anew. `behind`: lists, history and
 * totals lack what has happened since `as_of`.
 */
type CatalogCondition = 'complete' | 'filling' | 'behind';

export interface SummaryDocument {
  readonly totals: TotalsDocument;
  readonly partitions: readonly PartitionDocument[];
  readonly incidents: readonly IncidentDocument[];
  readonly projection: Observation['projection'];
  readonly catalog: CatalogCondition;
}

const presentTotals = (
  totals: LaneTotals,
  silent: { readonly late: number; readonly held: number },
): TotalsDocument => ({
  systems: totals.systems,
  unseen: totals.unseen,
  online: totals.online,
  offline: totals.offline,
  of_which: { late: silent.late, held: silent.held, paused: totals.paused },
});

const catalogCondition = (context: EngineContext): CatalogCondition => {
  if (!context.isCatalogComplete()) return 'filling';
  return context.observation().catalogLackingMs > CATALOG_BEHIND_MS ? 'behind' : 'complete';
};

/** How things stand, from the newest observation. */
export const summarize = (context: EngineContext): SummaryDocument => {
  const observation = context.observation();
  return {
    totals: presentTotals(observation.totals, observation),
    partitions: observation.partitions.map(presentPartition),
    incidents: currentIncidents(context),
    projection: observation.projection,
    catalog: catalogCondition(context),
  };
};

import type { SystemRow } from '@earshot/contracts';
import { type LivenessStore, READ_SYSTEMS_MAX } from '@earshot/liveness-store';
import { dueAt } from '../domain/present-system.ts';
import type { Catalog } from './catalog.ts';
import type { Observation } from './observation.ts';
import { yieldToOthers } from './yield-to-others.ts';

/**
 * Online systems whose place in the orders by last_seen and offline_at is renewed a second. At a million systems a pass takes
 * about eight minutes: so old may these orders be. What a row shows is always read fresh.
 */
const REFRESHED_SYSTEMS_PER_SECOND = 2_000;

export interface RollingRefresh {
  /** One second's share of the pass. */
  turn(): Promise<void>;
}

/** Goes round all partitions of the projection, again and again, and renews what the catalog sorts by. */
export const createRollingRefresh = (options: {
  readonly store: LivenessStore;
  readonly catalog: Catalog;
  readonly observation: () => Observation;
  /** Given every row it comes by. */
  readonly onRows: (rows: readonly SystemRow[]) => void;
}): RollingRefresh => {
  const { store, catalog, observation } = options;
  let place: { readonly partition: number; readonly cursor: string | null } = { partition: 0, cursor: null };

  /** Where the pass goes on after a page. */
  const next = (cursor: string | null): typeof place =>
    cursor === null
      ? { partition: (place.partition + 1) % Math.max(1, observation().partitions.length), cursor: null }
      : { partition: place.partition, cursor };
  const refreshPage = async (limit: number): Promise<number> => {
    const partition = observation().partitions[place.partition]?.seen?.state;
    if (partition === undefined) {
      place = next(null);
      return 0;
    }
    const { rows, cursor } = await store.scanSystems(place.partition, place.cursor, limit);
    const online = rows.filter((row) => row.state === 'online' && row.retiredAt === null);
    catalog.systems.refresh(
      online.map((row) => ({
        systemId: row.systemId,
        lastSeen: row.lastSeen,
        offlineAt: row.paused ? null : dueAt(row, partition),
      })),
    );
    options.onRows(rows);
    place = next(cursor);
    return rows.length;
  };
  /** Each page counts as one row at least, and nobody is visited twice a turn, so that a turn ends. */
  const turn = async (): Promise<void> => {
    let left = REFRESHED_SYSTEMS_PER_SECOND;
    let partitionsLeft = observation().partitions.length;
    while (left > 0 && partitionsLeft > 0) {
      const { partition } = place;
      left -= 1 + (await refreshPage(Math.min(READ_SYSTEMS_MAX, left)));
      if (place.partition !== partition || place.cursor === null) partitionsLeft -= 1;
      await yieldToOthers();
    }
  };
  return {
    turn: async () => {
      try {
        await turn();
      } catch (error) {
        place = { partition: place.partition, cursor: null };
        throw error;
      }
    },
  };
};

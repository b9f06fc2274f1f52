import type { Clock } from '@earshot/runtime';
import type { Catalog, SeenSystem } from '../application/catalog.ts';
import { CatalogError } from '../application/catalog-error.ts';
import type { PartitionSilence } from '../domain/join-silences.ts';
import { isBrokenCatalog, toCatalogFailure } from './catalog-failure.ts';
import { type Database, openDatabase } from './database.ts';
import { type Guard, guardCatalog, type StoredCatalog } from './guard-catalog.ts';
import { parseEnteredSettings, parseSystem } from './parse-rows.ts';
import { createCatalogRegistry } from './registry-entries.ts';
import { integerOf, textOf } from './row-values.ts';
import { forgetHistory, readSilences, scanOutages, scanTransitions } from './scan-history.ts';
import { scanSystems } from './scan-systems.ts';
import { LANE_NUMBERS } from './schema.ts';
import { createSources } from './sources.ts';
import { systemRow } from './system-rows.ts';
import { readFleetTotals, readLargestFleets, readTotals } from './totals.ts';

export interface CatalogOptions {
  /** File it is kept in; null: in memory, to be filled anew at each start. */
  readonly path: string | null;
  readonly clock: Clock;
  /** Told when a file was corrupt or of another version and has been set aside beside itself. */
  readonly onReplaced: (path: string) => void;
}

const refresh = (database: Database, seen: readonly SeenSystem[]): void =>
  database.transaction(() => {
    for (const { systemId, lastSeen, offlineAt } of seen) {
      database.run(
        `UPDATE system SET last_seen = :lastSeen, offline_at = iif(paused = 1, NULL, :offlineAt)
         WHERE system_id = :systemId AND lane = ${LANE_NUMBERS.online}
           AND (last_seen IS NOT :lastSeen OR offline_at IS NOT iif(paused = 1, NULL, :offlineAt))`,
        { systemId, lastSeen, offlineAt },
      );
    }
  });

const createDirectory = (database: Database): Catalog['systems'] => ({
  find: (systemId) => {
    const row = systemRow(database, systemId);
    return row === null || integerOf(row, 'lane') === LANE_NUMBERS.retired ? null : parseSystem(row);
  },
  scan: (scan) => scanSystems(database, scan),
  totals: () => readTotals(database),
  totalsOf: (fleet) => readFleetTotals(database, fleet),
  largestFleets: (limit) => readLargestFleets(database, limit),
  refresh: (seen) => refresh(database, seen),
  unentered: (afterNumber, limit) =>
    database
      .all(
        `SELECT s.number, s.system_id, f.name AS fleet_name FROM system s JOIN fleet f ON f.number = s.fleet
         WHERE s.revision IS NULL AND s.number > :afterNumber ORDER BY s.number LIMIT :limit`,
        { afterNumber, limit },
      )
      .map((row) => ({
        number: integerOf(row, 'number'),
        systemId: textOf(row, 'system_id'),
        fleet: textOf(row, 'fleet_name'),
      })),
  overduePauses: (now, limit) =>
    database
      .all(
        `SELECT system_id, revision FROM system WHERE paused = 1 AND paused_until <= :now AND lane <> ${LANE_NUMBERS.retired}
           AND revision IS NOT NULL ORDER BY paused_until LIMIT :limit`,
        { now, limit },
      )
      .map((row) => ({ systemId: textOf(row, 'system_id'), revision: integerOf(row, 'revision') })),
  paused: (afterNumber, limit) =>
    database
      .all(
        `SELECT number, system_id FROM system WHERE paused = 1 AND number > :afterNumber ORDER BY number LIMIT :limit`,
        { afterNumber, limit },
      )
      .map((row) => ({ number: integerOf(row, 'number'), systemId: textOf(row, 'system_id') })),
  entered: (systemIds) =>
    database
      .all(
        `SELECT system_id, ttl_ms, paused, lane, revision FROM system
         WHERE system_id IN (SELECT value FROM json_each(:systemIds)) AND revision IS NOT NULL`,
        { systemIds: JSON.stringify(systemIds) },
      )
      .map(parseEnteredSettings),
});

/** Everything about what is stored, where nothing is wrong with it. */
const createStored = (database: Database, clock: Clock): StoredCatalog & { forgetSilences(): void } => {
  const registry = createCatalogRegistry(database, clock);
  let silences: readonly PartitionSilence[] | null = null;
  const forgetSilences = (): void => {
    silences = null;
  };
  return {
    identity: () => textOf(database.first(`SELECT value FROM meta WHERE name = 'identity'`) ?? {}, 'value'),
    registry: registry.entries,
    systems: createDirectory(database),
    history: {
      transitions: (scan) => scanTransitions(database, scan),
      outages: (scan) => scanOutages(database, scan),
      silences: () => (silences ??= readSilences(database)),
      forgetBefore: (at) => {
        forgetSilences();
        return forgetHistory(database, at);
      },
    },
    sources: createSources(database, { clock, onRegistry: () => registry.wake(), onIncidents: forgetSilences }),
    forgetSilences,
  };
};

/**
 * Opens the engine's directory of systems and their history. A file that cannot be used is set aside and begun anew: everything in
 * it can be read from the log again.
 */
export const openCatalog = (options: CatalogOptions): Catalog => {
  const database = openDatabase(options);
  const stored = createStored(database, options.clock);
  let isReadable = true;

  /** Errors get their code. Once something could not be read, nothing is any more until all is begun anew. */
  const guard: Guard = (work) => {
    if (!isReadable) throw new CatalogError('EARSHOT_CATALOG_BROKEN', 'the catalog cannot be read');
    try {
      return work();
    } catch (error) {
      const failure = toCatalogFailure(error);
      if (isBrokenCatalog(failure)) isReadable = false;
      throw failure;
    }
  };
  const beginAnew = (): void => {
    try {
      database.replace();
      isReadable = true;
    } catch (error) {
      throw toCatalogFailure(error);
    }
  };
  return {
    ...guardCatalog(stored, guard),
    isReadable: () => isReadable,
    reset: () => {
      stored.forgetSilences();
      if (isReadable) guard(() => database.reset());
      else beginAnew();
    },
    close: () => database.close(),
  };
};

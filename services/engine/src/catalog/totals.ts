import type { FleetTotals } from '../application/catalog.ts';
import type { LaneTotals } from '../domain/system-query.ts';
import type { Database } from './database.ts';
import { knownFleetNumber } from './names.ts';
import { laneOf } from './parse-rows.ts';
import { integerOf, textOf } from './row-values.ts';
import { ALL_FLEETS } from './schema.ts';

const NO_SYSTEMS: LaneTotals = { systems: 0, unseen: 0, online: 0, offline: 0, paused: 0 };

const totalsOfNumber = (database: Database, fleet: number): LaneTotals => {
  const totals = { ...NO_SYSTEMS };
  for (const row of database.all('SELECT * FROM tally WHERE fleet = :fleet', { fleet })) {
    const lane = laneOf(row);
    if (lane === 'retired') continue;
    const systems = integerOf(row, 'systems');
    totals[lane] += systems;
    totals.systems += systems;
    if (integerOf(row, 'paused') === 1) totals.paused += systems;
  }
  return totals;
};

/** Sums of all systems that are watched. */
export const readTotals = (database: Database): LaneTotals => totalsOfNumber(database, ALL_FLEETS);

export const readFleetTotals = (database: Database, fleet: string): LaneTotals => {
  const number = knownFleetNumber(database, fleet);
  return number === null ? NO_SYSTEMS : totalsOfNumber(database, number);
};

export const readLargestFleets = (database: Database, limit: number): readonly FleetTotals[] =>
  database
    .all('SELECT number, name FROM fleet WHERE systems > 0 ORDER BY systems DESC LIMIT :limit', { limit })
    .map((row) => ({ fleet: textOf(row, 'name'), totals: totalsOfNumber(database, integerOf(row, 'number')) }));

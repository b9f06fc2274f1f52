import type { TransitionDocument } from '@earshot/contracts';
import {
  type OutageScan,
  type RecordedOutage,
  SCAN_ROWS_MAX,
  type Scanned,
  type TransitionScan,
} from '../application/catalog.ts';
import type { PartitionSilence } from '../domain/join-silences.ts';
import type { RowKey } from '../domain/system-query.ts';
import type { Database, Parameters, Row } from './database.ts';
import { parseOutage, parseSilence, parseTransition } from './parse-rows.ts';
import { integerOf } from './row-values.ts';
import { LANE_NUMBERS } from './schema.ts';

/** Fleet silences that are joined into incidents; one needs a fifth of a partition to fall silent. */
const SILENCES_MAX = 10_000;
/** Old rows taken away at a time: some milliseconds. */
const FORGET_ROWS_MAX = 2_000;

const EARLIEST = Number.MIN_SAFE_INTEGER;
const LATEST = Number.MAX_SAFE_INTEGER;

const TRANSITION_COLUMNS = `t.*, (SELECT f.name FROM fleet f WHERE f.number = t.fleet) AS fleet_name,
  (SELECT s.system_id FROM system s WHERE s.number = t.system) AS system_id`;

/** Rows of an index newest first, after a key: its ties, then what is older. */
const newestFirst = (table: string, column: string, condition: string): readonly string[] =>
  [`${column} = :afterAt AND number < :afterNumber`, `${column} < :afterAt`].map(
    (after) => `SELECT * FROM (SELECT number, ${column} AS value FROM ${table}
      WHERE ${condition} AND ${after} AND ${column} >= :from AND ${column} < :until
      ORDER BY ${column} DESC, number DESC LIMIT :rows)`,
  );

const keyParameters = (after: RowKey | null): Parameters => ({
  afterAt: typeof after?.value === 'number' ? after.value : LATEST,
  afterNumber: after?.number ?? 0,
});

/** The page out of one row more than it takes. */
const pageOf = <T>(rows: readonly Row[], limit: number, parse: (row: Row) => T): Scanned<T> => {
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return {
    rows: rows.slice(0, limit).map(parse),
    next: last === undefined ? null : { value: integerOf(last, 'value'), number: integerOf(last, 'number') },
  };
};

/** Numbers of these systems; their transitions are walked one system after the other, along its own index. */
const systemNumbers = (database: Database, systemIds: readonly string[]): readonly number[] =>
  database
    .all('SELECT number FROM system WHERE system_id IN (SELECT value FROM json_each(:systemIds))', {
      systemIds: JSON.stringify(systemIds),
    })
    .map((row) => integerOf(row, 'number'));

const transitionWalks = (scan: TransitionScan, systems: readonly number[]): readonly string[] => {
  const directions = scan.to.length === 0 ? (['online', 'offline'] as const) : scan.to;
  const states = directions.map((to) => LANE_NUMBERS[to]);
  if (scan.systemIds.length === 0) {
    return states.flatMap((state) => newestFirst('transition', 'occurred_at', `state = ${state}`));
  }
  const ofSystems = 'transition INDEXED BY transition_by_system';
  return systems.flatMap((_, index) =>
    newestFirst(ofSystems, 'occurred_at', `system = :system${index} AND state IN (${states.join(', ')})`),
  );
};

/** The history of states, newest first. */
export const scanTransitions = (database: Database, scan: TransitionScan): Scanned<TransitionDocument> => {
  const systems = systemNumbers(database, scan.systemIds);
  const walks = transitionWalks(scan, systems);
  if (walks.length === 0) return { rows: [], next: null };
  const rows = database.all(
    `SELECT ${TRANSITION_COLUMNS}, w.value AS value
     FROM (SELECT * FROM (${walks.join(' UNION ALL ')}) ORDER BY value DESC, number DESC LIMIT :rows) w
     JOIN transition t ON t.number = w.number
     ORDER BY w.value DESC, w.number DESC`,
    {
      ...Object.fromEntries(systems.map((number, index) => [`system${index}`, number])),
      from: scan.from ?? EARLIEST,
      until: scan.until ?? LATEST,
      rows: scan.limit + 1,
      ...keyParameters(scan.after),
    },
  );
  return pageOf(rows, scan.limit, parseTransition);
};

/** Outages as they were recorded, newest first. */
export const scanOutages = (database: Database, scan: OutageScan): Scanned<RecordedOutage> => {
  const inPartitions =
    scan.partitions.length === 0 ? 'TRUE' : 'partition IN (SELECT value FROM json_each(:partitions))';
  const walks = newestFirst('outage', 'from_at', `${inPartitions} AND to_at >= :overlapsFrom`);
  const rows = database.all(
    `SELECT o.*, w.value AS value
     FROM (SELECT * FROM (${walks.join(' UNION ALL ')}) ORDER BY value DESC, number DESC LIMIT :rows) w
     JOIN outage o ON o.number = w.number
     ORDER BY w.value DESC, w.number DESC`,
    {
      partitions: JSON.stringify(scan.partitions),
      from: EARLIEST,
      overlapsFrom: scan.from ?? EARLIEST,
      until: scan.until ?? LATEST,
      rows: Math.min(scan.limit, SCAN_ROWS_MAX) + 1,
      ...keyParameters(scan.after),
    },
  );
  return pageOf(rows, scan.limit, parseOutage);
};

export const readSilences = (database: Database): readonly PartitionSilence[] =>
  database.all('SELECT * FROM silence ORDER BY opened_at DESC LIMIT :rows', { rows: SILENCES_MAX }).map(parseSilence);

/** True when there may be more to forget. */
export const forgetHistory = (database: Database, before: number): boolean =>
  database.transaction(() => {
    const parameters = { before, rows: FORGET_ROWS_MAX };
    const old = database.all(
      'SELECT number FROM transition WHERE superseded = 1 AND occurred_at < :before ORDER BY occurred_at LIMIT :rows',
      parameters,
    );
    const numbers = JSON.stringify(old.map((row) => integerOf(row, 'number')));
    database.run('DELETE FROM transition WHERE number IN (SELECT value FROM json_each(:numbers))', { numbers });
    database.run(
      'DELETE FROM outage WHERE number IN (SELECT number FROM outage WHERE from_at < :before ORDER BY from_at LIMIT :rows)',
      parameters,
    );
    database.run(
      `DELETE FROM silence WHERE id IN
        (SELECT id FROM silence WHERE opened_at < :before AND closed_at IS NOT NULL ORDER BY opened_at LIMIT :rows)`,
      parameters,
    );
    return old.length === FORGET_ROWS_MAX;
  });

import { SCAN_ROWS_MAX, type Scanned, type SystemScan } from '../application/catalog.ts';
import type { KnownSystem, Lane, RowKey, SystemOrder } from '../domain/system-query.ts';
import type { Database, Parameters, Row } from './database.ts';
import { parseSystem } from './parse-rows.ts';
import { integerOf } from './row-values.ts';
import { LANE_NUMBERS } from './schema.ts';
import { findCandidates, isSparseById } from './system-candidates.ts';
import { filterSql, lanesToScan } from './system-filter-sql.ts';
import { SYSTEM_COLUMNS } from './system-rows.ts';

/** One look at the catalog: rows examined in order, each with whether it fits. */
interface Examined {
  readonly key: RowKey;
  readonly fits: boolean;
}

const keyOfRow = (row: Row): RowKey => {
  const value = row['value'];
  return {
    value: typeof value === 'string' || typeof value === 'number' ? value : null,
    number: integerOf(row, 'number'),
  };
};

const keyParameters = (after: RowKey | null): Parameters => ({
  afterValue: after?.value ?? null,
  afterNumber: after?.number ?? 0,
});

interface Direction {
  readonly beyond: '>' | '<';
  readonly order: 'ASC' | 'DESC';
}
const directionOf = ({ descending }: SystemOrder): Direction =>
  descending ? { beyond: '<', order: 'DESC' } : { beyond: '>', order: 'ASC' };

/** The rows of one lane after a key, as up to three walks of one index: the key's ties, those beyond it, those without a value. */
const laneWalks = (lane: Lane, order: SystemOrder, after: RowKey | null): readonly string[] => {
  const { sort } = order;
  const { beyond, order: direction } = directionOf(order);
  const walk = (condition: string, by: string): string =>
    `SELECT * FROM (SELECT number, ${sort} AS value FROM system WHERE lane = ${LANE_NUMBERS[lane]} AND ${condition}
      ORDER BY ${by} LIMIT :rows)`;
  const byNumber = `number ${direction}`;
  const byValue = `${sort} ${direction}, number ${direction}`;
  const absent = `${sort} IS NULL`;
  if (after === null) return [walk(`${sort} IS NOT NULL`, byValue), walk(absent, byNumber)];
  if (after.value === null) return [walk(`${absent} AND number ${beyond} :afterNumber`, byNumber)];
  return [
    walk(`${sort} = :afterValue AND number ${beyond} :afterNumber`, byNumber),
    walk(`${sort} ${beyond} :afterValue`, byValue),
    walk(absent, byNumber),
  ];
};

/** By id, lanes other than online have an index of their own, which SQLite uses where it is told `lane <> 1`. */
const idWalks = (lanes: readonly Lane[], order: SystemOrder, after: RowKey | null): readonly string[] => {
  const { beyond, order: direction } = directionOf(order);
  const key = after === null ? '' : `AND system_id ${beyond} :afterValue`;
  const walk = (condition: string): string =>
    `SELECT * FROM (SELECT number, system_id AS value FROM system WHERE ${condition} ${key}
      ORDER BY system_id ${direction} LIMIT :rows)`;
  return lanes.includes('online')
    ? [walk('TRUE')]
    : lanes.map((lane) => walk(`lane <> ${LANE_NUMBERS.online} AND lane = ${LANE_NUMBERS[lane]}`));
};

const examineInOrder = (database: Database, scan: SystemScan, rows: number): readonly Examined[] => {
  const { order, after } = scan;
  const direction = directionOf(order).order;
  const lanes = lanesToScan(scan.filter.standing);
  const { sql, parameters } = filterSql(scan.filter);
  const walks =
    order.sort === 'system_id' ? idWalks(lanes, order, after) : lanes.flatMap((lane) => laneWalks(lane, order, after));
  const found = database.all(
    `SELECT w.number AS number, w.value AS value, (${sql}) AS fits
     FROM (SELECT * FROM (${walks.join(' UNION ALL ')})
       ORDER BY value IS NULL, value ${direction}, number ${direction} LIMIT :rows) w
     JOIN system s ON s.number = w.number
     ORDER BY w.value IS NULL, w.value ${direction}, w.number ${direction}`,
    { ...parameters, ...keyParameters(after), rows },
  );
  return found.map((row) => ({ key: keyOfRow(row), fits: integerOf(row, 'fits') === 1 }));
};

const afterSql = ({ sort }: SystemOrder, after: RowKey | null, beyond: '>' | '<'): string => {
  if (after === null) return '';
  if (after.value === null) return `AND s.${sort} IS NULL AND s.number ${beyond} :afterNumber`;
  return `AND (s.${sort} IS NULL OR s.${sort} ${beyond} :afterValue
    OR (s.${sort} = :afterValue AND s.number ${beyond} :afterNumber))`;
};

const sortCandidates = (database: Database, scan: SystemScan, candidates: readonly number[]): readonly Examined[] => {
  const { sort } = scan.order;
  const { beyond, order: direction } = directionOf(scan.order);
  const { sql, parameters } = filterSql(scan.filter);
  const found = database.all(
    `SELECT s.number AS number, s.${sort} AS value FROM system s
     WHERE s.number IN (SELECT value FROM json_each(:candidates)) AND ${sql} ${afterSql(scan.order, scan.after, beyond)}
     ORDER BY s.${sort} IS NULL, s.${sort} ${direction}, s.number ${direction} LIMIT :rows`,
    {
      ...parameters,
      ...keyParameters(scan.after),
      candidates: JSON.stringify(candidates),
      rows: scan.limit + 1,
    },
  );
  return found.map((row) => ({ key: keyOfRow(row), fits: true }));
};

const rowsOf = (database: Database, numbers: readonly number[]): readonly KnownSystem[] => {
  const found = database.all(
    `SELECT ${SYSTEM_COLUMNS} FROM system s WHERE s.number IN (SELECT value FROM json_each(:numbers))`,
    { numbers: JSON.stringify(numbers) },
  );
  const byNumber = new Map(found.map((row) => [integerOf(row, 'number'), parseSystem(row)]));
  return numbers.flatMap((number) => byNumber.get(number) ?? []);
};

/** Takes what fits, up to the limit, and where to go on. `complete`: nothing lies beyond what was examined. */
const takeFitting = (
  examined: readonly Examined[],
  limit: number,
  complete: boolean,
): { readonly numbers: readonly number[]; readonly next: RowKey | null } => {
  const numbers: number[] = [];
  let last: RowKey | null = null;
  for (const { key, fits } of examined) {
    if (fits && numbers.length === limit) return { numbers, next: last };
    if (fits) numbers.push(key.number);
    last = key;
  }
  return { numbers, next: complete ? null : last };
};

/** Whether every row examined fits, so that a page needs hardly more rows than its limit. */
const isDense = ({ filter, order }: SystemScan): boolean => {
  const restricts = [filter.fleets, filter.tags, filter.systemIds, filter.standing.named].some(
    (list) => list.length > 0,
  );
  return !restricts && filter.prefix === '' && !filter.standing.paused && !isSparseById(filter, order);
};

/**
 * The next systems of a list. Examines at most SCAN_ROWS_MAX rows along an index, or sorts at most CANDIDATES_MAX where a filter
 * leaves so few: some milliseconds, however many systems there are.
 */
export const scanSystems = (database: Database, scan: SystemScan): Scanned<KnownSystem> => {
  const candidates = findCandidates(database, scan.filter, scan.order);
  if (candidates !== null) {
    const { numbers, next } = takeFitting(sortCandidates(database, scan, candidates), scan.limit, true);
    return { rows: rowsOf(database, numbers), next };
  }
  const rows = isDense(scan) ? Math.min(scan.limit + 1, SCAN_ROWS_MAX) : SCAN_ROWS_MAX;
  const examined = examineInOrder(database, scan, rows);
  const { numbers, next } = takeFitting(examined, scan.limit, examined.length < rows);
  return { rows: rowsOf(database, numbers), next };
};

import { type SystemFilter, type SystemOrder, WATCHED_LANES } from '../domain/system-query.ts';
import type { Database, Parameters, Row } from './database.ts';
import { integerOf } from './row-values.ts';
import { ALL_FLEETS } from './schema.ts';
import { filterSql } from './system-filter-sql.ts';

/**
 * Up to so many systems are fetched by their own index and sorted anew for each page; above it a filter lets through at least one
 * row in 500 at a million systems, so that walking the order's index fills a page soon.
 */
const CANDIDATES_MAX = 2_000;

/** A way to get at the systems of a filter without walking an order: SQL for their row numbers, and how many there are. */
interface CandidateSource {
  readonly sql: string;
  readonly count: (database: Database, parameters: Parameters) => number;
}

const count =
  (sql: string) =>
  (database: Database, parameters: Parameters): number => {
    const row = database.first(sql, parameters);
    return row === null ? 0 : integerOf(row, 'found');
  };

const BY_ID: CandidateSource = {
  sql: 'SELECT number FROM system WHERE system_id IN (SELECT value FROM json_each(:systemIds))',
  count: count('SELECT json_array_length(:systemIds) AS found'),
};
const BY_FLEET: CandidateSource = {
  sql: `SELECT number FROM system WHERE fleet IN
    (SELECT number FROM fleet WHERE name IN (SELECT value FROM json_each(:fleets)))`,
  count: count(`SELECT coalesce(sum(systems), 0) AS found FROM tally WHERE fleet IN
    (SELECT number FROM fleet WHERE name IN (SELECT value FROM json_each(:fleets)))`),
};
const BY_TAG: CandidateSource = {
  sql: `SELECT system AS number FROM system_tag WHERE tag =
    (SELECT number FROM tag WHERE name IN (SELECT value FROM json_each(:tags)) ORDER BY systems LIMIT 1)`,
  // A tag that is not there has no systems, and so has nobody all of them.
  count: count(`SELECT iif(count(*) < :tagCount, 0, min(systems)) AS found FROM tag
    WHERE name IN (SELECT value FROM json_each(:tags))`),
};
const PREFIX_SQL = `SELECT number FROM (SELECT number FROM system WHERE system_id BETWEEN :prefixFirst AND :prefixLast
    LIMIT ${CANDIDATES_MAX + 1})
  UNION SELECT number FROM (SELECT number FROM system WHERE name <> '' AND name BETWEEN :prefixFirst AND :prefixLast
    LIMIT ${CANDIDATES_MAX + 1})`;
const BY_PREFIX: CandidateSource = {
  sql: PREFIX_SQL,
  count: count(`SELECT count(*) AS found FROM (${PREFIX_SQL})`),
};
const BY_FLAG: CandidateSource = {
  sql: `SELECT number FROM system WHERE paused = 1
    UNION SELECT number FROM system WHERE system_id IN (SELECT value FROM json_each(:named))`,
  count: count(`SELECT json_array_length(:named) +
    (SELECT coalesce(sum(systems), 0) FROM tally WHERE fleet = ${ALL_FLEETS} AND paused = 1) AS found`),
};
const BY_LANE: CandidateSource = {
  sql: 'SELECT number FROM system WHERE lane IN (SELECT value FROM json_each(:standingLanes))',
  count: count(`SELECT coalesce(sum(systems), 0) AS found FROM tally
    WHERE fleet = ${ALL_FLEETS} AND lane IN (SELECT value FROM json_each(:standingLanes))`),
};

/** By id, the index of the online is that of all systems: few of them may be far apart there. */
export const isSparseById = ({ standing }: SystemFilter, order: SystemOrder): boolean =>
  order.sort === 'system_id' && standing.lanes.includes('online') && standing.lanes.length < WATCHED_LANES.length;

const sourcesOf = (filter: SystemFilter, order: SystemOrder): readonly CandidateSource[] => {
  const { standing } = filter;
  const onlyFlags = standing.lanes.length === 0;
  const conditions: readonly (readonly [boolean, CandidateSource])[] = [
    [filter.systemIds.length > 0, BY_ID],
    [onlyFlags, BY_FLAG],
    [filter.fleets.length > 0, BY_FLEET],
    [filter.tags.length > 0, BY_TAG],
    [filter.prefix !== '', BY_PREFIX],
    [!onlyFlags && !standing.paused && standing.named.length === 0 && isSparseById(filter, order), BY_LANE],
  ];
  return conditions.filter(([applies]) => applies).map(([, source]) => source);
};

/**
 * The row numbers among which all systems of a filter are, when one of its conditions alone leaves at most CANDIDATES_MAX; else
 * null.
 */
export const findCandidates = (
  database: Database,
  filter: SystemFilter,
  order: SystemOrder,
): readonly number[] | null => {
  const { parameters } = filterSql(filter);
  for (const source of sourcesOf(filter, order)) {
    if (source.count(database, parameters) > CANDIDATES_MAX) continue;
    return database.all(source.sql, parameters).map((row: Row) => integerOf(row, 'number'));
  }
  return null;
};

import { type Lane, type Standing, type SystemFilter, WATCHED_LANES } from '../domain/system-query.ts';
import type { Parameters } from './database.ts';
import { LANE_NUMBERS } from './schema.ts';

/** No id or name is longer, so that this many of the last code point end every string that begins with a prefix. */
const LAST_CODE_POINTS = '\u{10FFFF}'.repeat(255);

/** From the prefix itself to the last string that can begin with it; SQLite compares code points. */
const prefixRange = (prefix: string): Parameters => ({
  prefixFirst: prefix,
  prefixLast: `${prefix}${LAST_CODE_POINTS}`,
});

/** The lanes in which a fitting system can be. */
export const lanesToScan = (standing: Standing): readonly Lane[] =>
  standing.paused || standing.named.length > 0 ? [...new Set([...standing.lanes, ...WATCHED_LANES])] : standing.lanes;

const standingSql = (standing: Standing): string => {
  const either = ['s.lane IN (SELECT value FROM json_each(:standingLanes))'];
  if (standing.paused) either.push(`(s.paused = 1 AND s.lane <> ${LANE_NUMBERS.retired})`);
  if (standing.named.length > 0) either.push('s.system_id IN (SELECT value FROM json_each(:named))');
  return `(${either.join(' OR ')})`;
};

/**
 * What a row of `system s` must fulfil, as SQL, with its parameters. The text comes from a closed list; everything a caller sent
 * is a parameter.
 */
export const filterSql = (filter: SystemFilter): { readonly sql: string; readonly parameters: Parameters } => {
  const conditions = [standingSql(filter.standing)];
  if (filter.fleets.length > 0) {
    conditions.push('s.fleet IN (SELECT number FROM fleet WHERE name IN (SELECT value FROM json_each(:fleets)))');
  }
  if (filter.tags.length > 0) {
    conditions.push(`(SELECT count(*) FROM system_tag st WHERE st.system = s.number AND st.tag IN
      (SELECT number FROM tag WHERE name IN (SELECT value FROM json_each(:tags)))) = :tagCount`);
  }
  if (filter.prefix !== '') {
    conditions.push(
      '(s.system_id BETWEEN :prefixFirst AND :prefixLast OR s.name BETWEEN :prefixFirst AND :prefixLast)',
    );
  }
  if (filter.systemIds.length > 0) conditions.push('s.system_id IN (SELECT value FROM json_each(:systemIds))');
  return {
    sql: conditions.join(' AND '),
    parameters: {
      standingLanes: JSON.stringify(filter.standing.lanes.map((lane) => LANE_NUMBERS[lane])),
      named: JSON.stringify(filter.standing.named),
      fleets: JSON.stringify(filter.fleets),
      tags: JSON.stringify(filter.tags),
      tagCount: new Set(filter.tags).size,
      systemIds: JSON.stringify(filter.systemIds),
      ...prefixRange(filter.prefix),
    },
  };
};

import type { SystemRow } from '@earshot/contracts';
import {
  isHeld,
  isLate,
  type LateSystem,
  type PartitionView,
  READ_SYSTEMS_MAX,
  type SilenceBounds,
  silenceBounds,
} from '../port/index.ts';
import { type PartitionKeys, ttlOfName } from './partition-keys.ts';
import { entriesOf, resolveRows } from './read-systems.ts';
import type { RedisCommand, RedisConnection } from './redis-connection.ts';
import { parseInteger, parsePairs, parseTexts } from './replies.ts';
import { heldSpans, isWithin, lateSpans, scoreBounds, silentSpans, type SinceSpan } from './silent-ranges.ts';
import { readSteadily, type SteadyView } from './steady-read.ts';

/** Systems whose rows are read in one step. */
const STEP_SYSTEMS = 2_000;

/** What the indexes are asked for, by ttl name. */
type SpansOf = (bounds: SilenceBounds) => readonly SinceSpan[];

const boundsOf = (view: SteadyView, name: string): SilenceBounds => silenceBounds(view.head.state, ttlOfName(name));

const sum = (replies: readonly unknown[]): number => replies.map(parseInteger).reduce((total, one) => total + one, 0);

/** Listed systems whose open time does not follow from their since: the indexes cannot tell whether they are held. */
const readExplicit = async (view: SteadyView, keys: PartitionKeys): Promise<readonly SystemRow[]> => {
  if (view.head.state.hold !== 'on') return [];
  const [members] = await view.send([['SMEMBERS', keys.explicit]]);
  return readRowsOf(view, keys, parseTexts(members));
};

const readRowsOf = async (
  view: SteadyView,
  keys: PartitionKeys,
  ids: readonly string[],
): Promise<readonly SystemRow[]> => {
  const rows: SystemRow[] = [];
  for (let start = 0; start < ids.length; start += STEP_SYSTEMS) {
    const step = ids.slice(start, start + STEP_SYSTEMS);
    const [reply] = await view.send([['HMGET', keys.systems, ...step]]);
    for (const row of await resolveRows(view, keys, entriesOf(step, reply))) rows.push(row);
  }
  return rows;
};

const countWithin = async (
  view: SteadyView,
  keys: PartitionKeys,
  of: { readonly names: readonly string[]; readonly spans: SpansOf },
): Promise<number> => {
  const counts = of.names.flatMap((name) =>
    of.spans(boundsOf(view, name)).map((span): RedisCommand => ['ZCOUNT', keys.seen(name), ...scoreBounds(span)]),
  );
  return counts.length === 0 ? 0 : sum(await view.send(counts));
};

/** How many systems are late and held, as the port's `isLate` and `isHeld` say. */
const countSilent = async (view: SteadyView, keys: PartitionKeys): Promise<Pick<PartitionView, 'late' | 'held'>> => {
  const { state, stretches } = view.head;
  const names = parseTexts(view.first[0]);
  const late = await countWithin(view, keys, { names, spans: lateSpans });
  if (state.hold !== 'on') return { late, held: 0 };
  const explicit = await readExplicit(view, keys);
  const counted = await countWithin(view, keys, { names, spans: (bounds) => heldSpans(bounds, stretches) });
  const isCounted = (row: SystemRow): boolean =>
    isWithin(heldSpans(silenceBounds(state, row.ttlMs), stretches), row.since);
  const miscounted = explicit.filter(isCounted).length;
  return { late, held: counted - miscounted + explicit.filter((row) => isHeld(row, state)).length };
};

/** What readers see of a partition; none if it is missing or being rewritten. */
export const readView = (
  connection: RedisConnection,
  keys: PartitionKeys,
  partition: number,
): Promise<readonly PartitionView[]> =>
  readSteadily<readonly PartitionView[]>(connection, keys, {
    first: [['SMEMBERS', keys.ttls]],
    missing: [],
    read: async (view) => {
      const { state, owner, endSeen, committedAt } = view.head;
      return [{ partition, state, owner, endSeen, committedAt, ...(await countSilent(view, keys)) }];
    },
  });

/** Ids of those that may be late or held, from each index the lowest since. */
const findCandidates = async (view: SteadyView, keys: PartitionKeys, perSpan: number): Promise<readonly string[]> => {
  const ranges = parseTexts(view.first[0]).flatMap((name) =>
    silentSpans(boundsOf(view, name), view.head.stretches).map((span): RedisCommand => [
      'ZRANGEBYSCORE',
      keys.seen(name),
      ...scoreBounds(span),
      'WITHSCORES',
      'LIMIT',
      0,
      perSpan,
    ]),
  );
  if (ranges.length === 0) return [];
  return (await view.send(ranges))
    .flatMap((reply) => parsePairs(reply))
    .toSorted(([, one], [, other]) => Number(one) - Number(other))
    .slice(0, perSpan)
    .map(([systemId]) => systemId);
};

/** Late and held systems, lowest since first, at most READ_SYSTEMS_MAX. */
export const readSilent = (connection: RedisConnection, keys: PartitionKeys): Promise<readonly LateSystem[]> =>
  readSteadily<readonly LateSystem[]>(connection, keys, {
    first: [['SMEMBERS', keys.ttls]],
    missing: [],
    read: async (view) => {
      const { state } = view.head;
      const explicit = await readExplicit(view, keys);
      // Those may fill the ranges without being held.
      const candidates = await findCandidates(view, keys, READ_SYSTEMS_MAX + explicit.length);
      const known = new Set(explicit.map((row) => row.systemId));
      const rows = await readRowsOf(
        view,
        keys,
        candidates.filter((systemId) => !known.has(systemId)),
      );
      return [...explicit, ...rows]
        .map((row) => ({ row, late: isLate(row, state), held: isHeld(row, state) }))
        .filter(({ late, held }) => late || held)
        .toSorted((one, other) => one.row.since - other.row.since)
        .slice(0, READ_SYSTEMS_MAX)
        .map(({ row, late, held }) => ({ systemId: row.systemId, late, held }));
    },
  });

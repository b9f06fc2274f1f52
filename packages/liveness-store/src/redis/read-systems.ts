import type { EpochMs, SystemRow } from '@earshot/contracts';
import type { SystemPage } from '../port/index.ts';
import { seenTtlName, unpackSystem } from './packed-system.ts';
import type { PartitionKeys } from './partition-keys.ts';
import type { RedisConnection } from './redis-connection.ts';
import { parseInteger, parseList, parsePairs, parseText, parseTextsOrNull, unreadable } from './replies.ts';
import { readSteadily, type SteadyView } from './steady-read.ts';

/** A system's text as it was read. */
export type PackedEntry = readonly [systemId: string, packed: string];

/** Ids that are in the same index. */
const groupByTtl = (entries: readonly PackedEntry[]): ReadonlyMap<string, string[]> => {
  const groups = new Map<string, string[]>();
  for (const [systemId, packed] of entries) {
    const name = seenTtlName(packed);
    if (name === null) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [systemId]);
    else group.push(systemId);
  }
  return groups;
};

const readScores = async (
  view: SteadyView,
  keys: PartitionKeys,
  entries: readonly PackedEntry[],
): Promise<ReadonlyMap<string, EpochMs>> => {
  const scores = new Map<string, EpochMs>();
  const groups = [...groupByTtl(entries)];
  if (groups.length === 0) return scores;
  const replies = await view.send(groups.map(([name, ids]) => ['ZMSCORE', keys.seen(name), ...ids]));
  for (const [index, [, ids]] of groups.entries()) {
    const found = parseTextsOrNull(replies[index]);
    for (const [place, systemId] of ids.entries()) scores.set(systemId, parseInteger(found[place]));
  }
  return scores;
};

/** The rows of texts that were read in the same view. */
export const resolveRows = async (
  view: SteadyView,
  keys: PartitionKeys,
  entries: readonly PackedEntry[],
): Promise<readonly SystemRow[]> => {
  const scores = await readScores(view, keys, entries);
  return entries.map(([systemId, packed]) =>
    unpackSystem({ systemId, packed, score: scores.get(systemId) ?? null }, view.head.stretches),
  );
};

/** Texts of these systems, of those that are known. */
export const entriesOf = (ids: readonly string[], reply: unknown): readonly PackedEntry[] =>
  parseTextsOrNull(reply).flatMap((packed, index) => (packed === null ? [] : [[ids[index] ?? '', packed] as const]));

export const readByIds = async (
  connection: RedisConnection,
  keys: PartitionKeys,
  systemIds: readonly string[],
): Promise<readonly SystemRow[]> => {
  const ids = [...new Set(systemIds)];
  if (ids.length === 0) return [];
  return readSteadily<readonly SystemRow[]>(connection, keys, {
    first: [['HMGET', keys.systems, ...ids]],
    missing: [],
    read: (view) => resolveRows(view, keys, entriesOf(ids, view.first[0])),
  });
};

/** Redis's cursor for the beginning, and its answer at the end. */
const CURSOR_NONE = '0';

/** Pages in Redis's order. A small hash comes as one page, whatever the limit. */
export const readPage = (
  connection: RedisConnection,
  keys: PartitionKeys,
  from: { readonly cursor: string | null; readonly limit: number },
): Promise<SystemPage> =>
  readSteadily<SystemPage>(connection, keys, {
    first: [['HSCAN', keys.systems, from.cursor ?? CURSOR_NONE, 'COUNT', from.limit]],
    missing: { rows: [], cursor: null },
    read: async (view) => {
      const [next, flat] = parseList(view.first[0]);
      if (flat === undefined) throw unreadable('a page has no content');
      const rows = await resolveRows(view, keys, parsePairs(flat));
      const cursor = parseText(next);
      return { rows, cursor: cursor === CURSOR_NONE ? null : cursor };
    },
  });

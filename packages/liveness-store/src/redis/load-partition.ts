import type { EpochMs, SystemRow } from '@earshot/contracts';
import type { Publication, StoredPartition } from '../port/index.ts';
import { unpackSystem } from './packed-system.ts';
import type { PartitionKeys } from './partition-keys.ts';
import type { RedisConnection } from './redis-connection.ts';
import { parseInteger, parseJson, parseList, parsePairs, parseText, parseTexts, unreadable } from './replies.ts';
import { readSteadily, type SteadyView } from './steady-read.ts';

/** Entries of one page: about a millisecond of Redis's time, in which it does nothing else. */
const PAGE_ENTRIES = 2_000;

/** Since of every listed system. */
const readSinces = async (view: SteadyView, keys: PartitionKeys, ttlNames: readonly string[]) => {
  const sinces = new Map<string, EpochMs>();
  for (const name of ttlNames) {
    for (let start = 0, found = PAGE_ENTRIES; found === PAGE_ENTRIES; start += PAGE_ENTRIES) {
      const end = start + PAGE_ENTRIES - 1;
      const [reply] = await view.send([['ZRANGE', keys.seen(name), start, end, 'WITHSCORES']]);
      const pairs = parsePairs(reply);
      for (const [systemId, score] of pairs) sinces.set(systemId, parseInteger(score));
      found = pairs.length;
    }
  }
  return sinces;
};

/** All rows. Redis may answer one twice. */
const readRows = async (view: SteadyView, keys: PartitionKeys, sinces: ReadonlyMap<string, EpochMs>) => {
  const { stretches } = view.head;
  const rows = new Map<string, SystemRow>();
  let cursor = '0';
  do {
    const [reply] = await view.send([['HSCAN', keys.systems, cursor, 'COUNT', PAGE_ENTRIES]]);
    const [next, flat] = parseList(reply);
    for (const [systemId, packed] of parsePairs(flat)) {
      const score = sinces.get(systemId) ?? null;
      rows.set(systemId, unpackSystem({ systemId, packed, score }, stretches));
    }
    cursor = parseText(next);
  } while (cursor !== '0');
  return rows;
};

const parsePublication = (text: string): Publication => parseJson(text) as Publication;

/** Stream entries are an id and a flat list of one field and its value. */
const parseEntry = (entry: unknown): readonly [id: string, publication: Publication] => {
  const [id, fields] = parseList(entry);
  return [parseText(id), parsePublication(parseTexts(fields)[1] ?? '')];
};

const readOutbox = async (view: SteadyView, keys: PartitionKeys): Promise<readonly Publication[]> => {
  const publications: Publication[] = [];
  let after = '-';
  for (let found = PAGE_ENTRIES; found === PAGE_ENTRIES;) {
    const [reply] = await view.send([['XRANGE', keys.outbox, after, '+', 'COUNT', PAGE_ENTRIES]]);
    const entries = parseList(reply).map(parseEntry);
    for (const [id, publication] of entries) {
      publications.push(publication);
      after = `(${id}`;
    }
    found = entries.length;
  }
  return publications;
};

/** Everything of one commit, in pages. Null: missing, or being rewritten. */
export const loadPartition = (connection: RedisConnection, keys: PartitionKeys): Promise<StoredPartition | null> =>
  readSteadily<StoredPartition | null>(connection, keys, {
    first: [['SMEMBERS', keys.ttls]],
    missing: null,
    read: async (view) => {
      const sinces = await readSinces(view, keys, parseTexts(view.first[0]));
      const rows = await readRows(view, keys, sinces);
      if (rows.size !== view.head.systems) throw unreadable(`${view.head.systems - rows.size} systems are missing`);
      const outbox = await readOutbox(view, keys);
      return { state: view.head.state, systems: [...rows.values()], outbox };
    },
  });

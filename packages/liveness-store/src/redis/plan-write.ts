import type { EpochMs } from '@earshot/contracts';
import { isListed, type PartitionCommit, type Publication, type SystemChange } from '../port/index.ts';
import type { OpenStretches } from './open-stretches.ts';
import { packSystem, seenTtlName } from './packed-system.ts';
import { encodePlace } from './partition-fields.ts';
import { type PartitionKeys, ttlName } from './partition-keys.ts';
import type { RedisArgument } from './redis-connection.ts';
import type { WriteGuard } from './write-script.ts';

/** A write whose place is known. */
export interface WriteRequest {
  readonly content: Omit<PartitionCommit, 'expected'>;
  readonly logId: string | null;
  readonly guard: WriteGuard;
  /** What the guard compares with; empty for `nothing`. */
  readonly expected: string;
  readonly versionKnown: string;
  readonly versionNew: string;
  readonly isWhole: boolean;
  readonly stretches: OpenStretches;
  readonly areStretchesKnown: boolean;
  /** Names of further ttls whose systems may be among the changed ones. */
  readonly furtherTtls: ReadonlySet<string>;
}

/** KEYS and ARGV of WRITE_SCRIPT, and what the writer knows once they are accepted. */
export interface WritePlan {
  readonly keys: readonly string[];
  readonly values: readonly RedisArgument[];
  readonly stretches: OpenStretches;
}

/** Systems that go into the same index. */
interface Group {
  readonly scoresAndIds: RedisArgument[];
  readonly rows: string[];
}

/** How long an owner that commits no more still looks alive. For readers only; several commits fit in. */
const OWNER_ALIVE_MS = 10_000;

const UNLISTED = '';

const groupByTtl = (systems: readonly SystemChange[], stretches: OpenStretches): ReadonlyMap<string, Group> => {
  const groups = new Map<string, Group>();
  for (const { row } of systems) {
    const packed = packSystem(row, stretches.stretches);
    const name = seenTtlName(packed) ?? UNLISTED;
    let group = groups.get(name);
    if (group === undefined) {
      group = { scoresAndIds: [], rows: [] };
      groups.set(name, group);
    }
    group.scoresAndIds.push(row.since, row.systemId);
    group.rows.push(packed);
  }
  return groups;
};

/** Indexes that the systems go into, or most likely come from. */
const ttlsOf = (request: WriteRequest): ReadonlySet<string> => {
  const names = new Set(request.furtherTtls);
  for (const { row } of request.content.systems) names.add(ttlName(row.ttlMs));
  return names;
};

const highestSince = (systems: readonly SystemChange[], sinceMax: EpochMs): EpochMs =>
  systems.reduce((highest, { row }) => (isListed(row) ? Math.max(highest, row.since) : highest), sinceMax);

const encodePublications = (publications: readonly Publication[]): readonly RedisArgument[] => {
  let previous = 0;
  return publications.flatMap((publication) => {
    const { position } = publication;
    if (!Number.isSafeInteger(position) || position < previous) {
      throw new RangeError(`a publication of position ${position} cannot follow one of ${previous}`);
    }
    previous = position;
    return [position, JSON.stringify(publication)];
  });
};

/** A spread of thousands of values would be one of thousands of arguments. */
const append = (values: RedisArgument[], before: readonly RedisArgument[], list: readonly RedisArgument[]): void => {
  values.push(...before);
  for (const value of list) values.push(value);
};

/**
 * Lays out a write as one script call. Throws RangeError where publications are not in order, and whatever the content
 * throws: nothing was sent then.
 */
export const planWrite = (keys: PartitionKeys, request: WriteRequest): WritePlan => {
  const { content, stretches: known } = request;
  const ttls = [...ttlsOf(request)];
  const groups = groupByTtl(content.systems, known);
  const stretches = { stretches: known.stretches, sinceMax: highestSince(content.systems, known.sinceMax) };
  const fields = encodePlace({ ...request, version: request.versionNew, stretches });
  const publications = encodePublications(content.publications);
  const values: RedisArgument[] = [
    request.guard,
    request.expected,
    request.versionKnown,
    content.owner,
    OWNER_ALIVE_MS,
  ];
  append(values, [fields.length / 2], fields);
  append(values, [], ttls); // as many as their keys
  append(values, [content.removed.length], content.removed);
  append(values, [publications.length / 2], publications);
  values.push(groups.size);
  for (const [name, group] of groups) {
    append(values, [name, group.rows.length], group.scoresAndIds);
    append(values, [], group.rows);
  }
  const { partition, systems, ttls: names, outbox, explicit, owner } = keys;
  return { keys: [partition, systems, names, outbox, explicit, owner, ...ttls.map(keys.seen)], values, stretches };
};

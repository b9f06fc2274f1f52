import { randomBytes } from 'node:crypto';
import type { EpochMs, PartitionState } from '@earshot/contracts';
import { dropUnusedStretches, needsMeasuring, type SinceRange } from './open-stretches.ts';
import { LOG_FIELD, parsePlace, PLACE_FIELDS, type StoredPlace } from './partition-fields.ts';
import type { PartitionKeys } from './partition-keys.ts';
import type { RedisConnection } from './redis-connection.ts';
import { parseInteger, parseTexts, parseTextsOrNull } from './replies.ts';

/** What a writer remembers of each partition, so that it need not look before each commit. */
export interface StoredPlaces {
  /** As remembered if that is the expected one, or else as read. */
  find(partition: number, keys: PartitionKeys, isExpected: (place: StoredPlace) => boolean): Promise<StoredPlace>;
  remember(partition: number, place: StoredPlace): void;
  /** What was remembered is wrong, or may be. */
  forget(partition: number): void;
}

const VERSION_BYTES = 9;

export const newVersion = (): string => randomBytes(VERSION_BYTES).toString('base64url');

export const readPlace = async (connection: RedisConnection, keys: PartitionKeys): Promise<StoredPlace> => {
  const [reply] = await connection.send([['HMGET', keys.partition, ...PLACE_FIELDS]]);
  return parsePlace(reply);
};

export const createStoredPlaces = (connection: RedisConnection): StoredPlaces => {
  const places = new Map<number, StoredPlace>();
  return {
    find: async (partition, keys, isExpected) => {
      const known = places.get(partition);
      return known !== undefined && isExpected(known) ? known : readPlace(connection, keys);
    },
    remember: (partition, place) => {
      places.set(partition, place);
    },
    forget: (partition) => {
      places.delete(partition);
    },
  };
};

/** The log that a partition was committed from; null: unknown, or nothing is stored. */
export const readLogId = async (connection: RedisConnection, keys: PartitionKeys): Promise<string | null> => {
  const [reply] = await connection.send([['HMGET', keys.partition, LOG_FIELD]]);
  return parseTextsOrNull(reply)[0] ?? null;
};

/** Member and score, or nothing. */
const scoreIn = (reply: unknown): readonly EpochMs[] => parseTexts(reply).slice(1).map(parseInteger);

/** Lowest and highest since of all listed systems; null: there are none. */
const measureSinces = async (connection: RedisConnection, keys: PartitionKeys): Promise<SinceRange | null> => {
  const [ttls] = await connection.send([['SMEMBERS', keys.ttls]]);
  const indexes = parseTexts(ttls).map(keys.seen);
  const ends = indexes.flatMap((index) => [
    ['ZRANGE', index, 0, 0, 'WITHSCORES'] as const,
    ['ZRANGE', index, -1, -1, 'WITHSCORES'] as const,
  ]);
  const sinces = (await connection.send(ends)).flatMap(scoreIn);
  if (sinces.length === 0) return null;
  const lowest = sinces.reduce((low, since) => Math.min(low, since));
  const highest = sinces.reduce((high, since) => Math.max(high, since));
  return { lowest, highest };
};

/**
 * The place without the stretches that no stored system rests on, where that is worth a look. Right only as long as the
 * place's version is stored, which the write compares.
 */
export const tidyPlace = async (
  connection: RedisConnection,
  keys: PartitionKeys,
  at: { readonly place: StoredPlace; readonly state: PartitionState },
): Promise<StoredPlace> => {
  if (!needsMeasuring(at.place, at.state)) return at.place;
  return { ...at.place, ...dropUnusedStretches(at.place, await measureSinces(connection, keys)) };
};

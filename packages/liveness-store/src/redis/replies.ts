import { LivenessStoreError } from '../port/index.ts';

/** Replies of Redis as what they must be. All throw EARSHOT_STORE_CORRUPT for anything else. */

export const unreadable = (what: string): LivenessStoreError =>
  new LivenessStoreError('EARSHOT_STORE_CORRUPT', `the projection cannot be read: ${what}`);

export const parseList = (reply: unknown): readonly unknown[] => {
  if (!Array.isArray(reply)) throw unreadable('a reply is no list');
  return reply;
};

export const parseText = (reply: unknown): string => {
  if (typeof reply !== 'string') throw unreadable('a reply is no text');
  return reply;
};

const parseTextOrNull = (reply: unknown): string | null =>
  reply === null || reply === undefined ? null : parseText(reply);

export const parseTexts = (reply: unknown): readonly string[] => parseList(reply).map(parseText);

export const parseTextsOrNull = (reply: unknown): readonly (string | null)[] => parseList(reply).map(parseTextOrNull);

export const parseInteger = (reply: unknown): number => {
  const value = typeof reply === 'string' && reply !== '' ? Number(reply) : reply;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw unreadable('a reply is no integer');
  return value;
};

export const parseJson = (reply: unknown): unknown => {
  try {
    return JSON.parse(parseText(reply));
  } catch (error) {
    throw new LivenessStoreError('EARSHOT_STORE_CORRUPT', 'the projection cannot be read: no JSON', error);
  }
};

/** Neighbours of a flat list as pairs: field and value, member and score. */
export const parsePairs = (reply: unknown): readonly (readonly [string, string])[] => {
  const texts = parseTexts(reply);
  const pairs: (readonly [string, string])[] = [];
  for (let index = 0; index + 1 < texts.length; index += 2) pairs.push([texts[index] ?? '', texts[index + 1] ?? '']);
  return pairs;
};

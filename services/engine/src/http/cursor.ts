import { createHash } from 'node:crypto';
import { type Fault, faultValue } from '@earshot/contracts';
import type { RowKey } from '../domain/system-query.ts';
import { type QueryParameters, single } from './query-parameters.ts';

/** Enough that two lists of one deployment hardly share one, short enough for a URL. */
const FINGERPRINT_CHARACTERS = 11;
/** Longer ones were not made here; an id of 255 four-byte characters in base64url fits. */
const CURSOR_LENGTH_MAX = 4_096;

/** What a cursor carries besides the list it belongs to. */
export type CursorPlace = readonly (string | number | null)[];

/** A list as asked for: its path and everything that decides what is in it and in which order. */
export type ListIdentity = readonly unknown[];

const fingerprintOf = (list: ListIdentity): string =>
  createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, FINGERPRINT_CHARACTERS);

/** An opaque text that only goes on with the same list. */
const encodeCursor = (list: ListIdentity, place: CursorPlace): string =>
  Buffer.from(JSON.stringify([fingerprintOf(list), ...place])).toString('base64url');

const parsePlace = (text: string, fingerprint: string): CursorPlace | null => {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(decoded) || decoded[0] !== fingerprint) return null;
    const place: readonly unknown[] = decoded.slice(1);
    return place.every((part) => part === null || typeof part === 'string' || typeof part === 'number')
      ? (place as CursorPlace)
      : null;
  } catch {
    return null;
  }
};

const cursorFault = (text: string): Fault => ({ key: 'cursor', message: 'invalid', value: faultValue(text) });

/** Where the list is to go on; null at its beginning. A cursor of another list, or one that was tampered with, is a fault. */
export const cursorPlace = (query: QueryParameters, list: ListIdentity): CursorPlace | null => {
  const text = single(query, 'cursor');
  if (text === null) return null;
  const place = text.length > CURSOR_LENGTH_MAX ? null : parsePlace(text, fingerprintOf(list));
  if (place === null) query.faults.push(cursorFault(text));
  return place;
};

/** A row's place. Rows are numbered anew when the catalog is; then the list goes on with all rows of the value: twice, not never. */
export const rowPlace = (key: RowKey, catalog: string): CursorPlace => [catalog, key.value, key.number];

/** `descending`: whether numbers fall along the list. */
export const rowKeyOf = (
  place: CursorPlace | null,
  from: { readonly catalog: string; readonly descending: boolean },
): RowKey | null => {
  if (place === null) return null;
  const [catalog, value, number] = place;
  const beforeAll = from.descending ? Number.MAX_SAFE_INTEGER : -1;
  return {
    value: value ?? null,
    number: catalog === from.catalog && typeof number === 'number' ? number : beforeAll,
  };
};

/** `next_cursor` of a page. */
export const nextCursor = (list: ListIdentity, place: CursorPlace | null): string | null =>
  place === null ? null : encodeCursor(list, place);

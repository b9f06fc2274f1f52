import { describe, expect, it } from 'vitest';
import { isAboveFairShare } from './fair-share.ts';

describe('isAboveFairShare', () => {
  it.each([
    ['half full', { records: 50, recordsMax: 100, users: 2, own: 49 }, false],
    ['alone', { records: 99, recordsMax: 100, users: 1, own: 99 }, false],
    ['below its share of two', { records: 98, recordsMax: 100, users: 2, own: 49 }, false],
    ['at its share of two', { records: 51, recordsMax: 100, users: 2, own: 50 }, true],
    ['a small one among big ones', { records: 99, recordsMax: 100, users: 3, own: 1 }, false],
    ['one that comes anew', { records: 99, recordsMax: 100, users: 1, own: 0 }, false],
    ['more users than room', { records: 99, recordsMax: 100, users: 99, own: 2 }, true],
  ])('%s', (_, use, expected) => {
    expect(isAboveFairShare(use)).toBe(expected);
  });
});

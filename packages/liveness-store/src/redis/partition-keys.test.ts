import { describe, expect, it } from 'vitest';
import { partitionKeys, ttlName, ttlOfName } from './partition-keys.ts';

describe('partition keys', () => {
  it('P7 all keys of a partition have one hash tag, its number', () => {
    const { seen, ...fixed } = partitionKeys('earshot:', 3);
    const keys = [...Object.values(fixed), seen('1500'), seen('15001ms')];
    expect(keys.map((key) => /\{(.*?)\}/.exec(key)?.[1])).toEqual(keys.map(() => '3'));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('are those that operators are told of', () => {
    const keys = partitionKeys('earshot:', 3);
    expect([keys.partition, keys.systems, keys.outbox, keys.owner, keys.seen(ttlName(1_500_000))]).toEqual([
      'earshot:{3}:partition',
      'earshot:{3}:systems',
      'earshot:{3}:outbox',
      'earshot:{3}:owner',
      'earshot:{3}:seen:1500',
    ]);
  });

  it.each([
    [15_000, '15'],
    [2_592_000_000, '2592000'],
    [1_500_250, '1500250ms'],
    [1, '1ms'],
  ])('a ttl of %i ms is named %s, and no other is', (ttlMs, name) => {
    expect(ttlName(ttlMs)).toBe(name);
    expect(ttlOfName(name)).toBe(ttlMs);
  });
});

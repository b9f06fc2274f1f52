import { describe, expect, it } from 'vitest';
import {
  displayNameFaults,
  distinctTags,
  nameFaults,
  systemsMaxFaults,
  tagsFaults,
  timingFaults,
} from './settings-faults.ts';

const words = (faults: readonly { readonly key: string; readonly message: string; readonly value: string }[]) =>
  faults.map(({ key, message, value }) => `${key} ${message} ${value}`);

describe('timingFaults', () => {
  it.each([
    [5, 15, []],
    [604_800, 2_592_000, []],
    [600, 1_500, []],
    [10, 15, []],
    [600, 900, []],
    [600, 899, ['ttl_seconds below_minimum_ratio 899']],
    [11, 16, ['ttl_seconds below_minimum_ratio 16']],
    [600, 600, ['ttl_seconds below_minimum_ratio 600']],
    [4, 15, ['interval_seconds out_of_range 4']],
    [604_801, 2_592_000, ['interval_seconds out_of_range 604801']],
    [5, 14, ['ttl_seconds out_of_range 14']],
    [5, 2_592_001, ['ttl_seconds out_of_range 2592001']],
    [0, -1, ['interval_seconds out_of_range 0', 'ttl_seconds out_of_range -1']],
    [5.5, 15.25, ['interval_seconds must_be_integer 5.5', 'ttl_seconds must_be_integer 15.25']],
    [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      ['interval_seconds must_be_integer null', 'ttl_seconds must_be_integer null'],
    ],
  ])('H18 interval %d s with ttl %d s: %j', (interval, ttl, expected) => {
    expect(words(timingFaults({ intervalMs: interval * 1_000, ttlMs: ttl * 1_000 }))).toEqual(expected);
  });
});

describe('systemsMaxFaults', () => {
  it.each([
    [0, []],
    [100_000_000, []],
    [-1, ['max_systems out_of_range -1']],
    [100_000_001, ['max_systems out_of_range 100000001']],
    [1.5, ['max_systems must_be_integer 1.5']],
  ])('%d: %j', (systemsMax, expected) => {
    expect(words(systemsMaxFaults(systemsMax))).toEqual(expected);
  });
});

describe('nameFaults', () => {
  it.each([
    ['__proto__', []],
    ['00:1a:2b', []],
    ['🚀'.repeat(255), []],
    ['', ['name required ']],
    ['..', ['name invalid_characters ..']],
    [' a', ['name invalid_characters  a']],
  ])('H43 %s: %j', (name, expected) => {
    expect(words(nameFaults('name', name))).toEqual(expected);
  });

  it('cuts what it shows', () => {
    expect(words(nameFaults('system_id', 'x'.repeat(300)))).toEqual([`system_id too_long ${'x'.repeat(256)}`]);
  });

  it('lets a display name be missing', () => {
    expect(displayNameFaults('')).toEqual([]);
    expect(words(displayNameFaults('a\n'))).toEqual(['name invalid_characters a\n']);
  });
});

describe('tagsFaults', () => {
  it.each([
    [[], []],
    [['site:rome', 'url:http://a:1', 'ключ:знач'], []],
    [[`k:${'v'.repeat(253)}`], []],
    [[`k:${'v'.repeat(254)}`], [`tags too_long k:${'v'.repeat(254)}`]],
    [['site'], ['tags must_be_key_value site']],
    [[':rome'], ['tags must_be_key_value :rome']],
    [['site:'], ['tags must_be_key_value site:']],
    [[''], ['tags must_be_key_value ']],
    [
      ['a:b\u0000', 'x'],
      ['tags invalid_characters a:b\u0000', 'tags must_be_key_value x'],
    ],
    [Array.from({ length: 32 }, (_, index) => `k:${index}`), []],
    [Array.from({ length: 33 }, (_, index) => `k:${index}`), ['tags too_many 33']],
  ])('%j: %j', (tags, expected) => {
    expect(words(tagsFaults(tags))).toEqual(expected);
  });

  it('keeps one of equal tags, in the order given', () => {
    expect(distinctTags(['b:1', 'a:1', 'b:1'])).toEqual(['b:1', 'a:1']);
  });
});

import { describe, expect, it } from 'vitest';
import { decideChangeFleet } from './decide-change-fleet.ts';
import { decideCreateFleet } from './decide-create-fleet.ts';
import { decideRemoveFleet } from './decide-remove-fleet.ts';
import type { NewFleet } from './registry-change.ts';
import { credentialEntry, fleetEntry, lookupOf, NOW, systemEntry } from './testing/entries.ts';
import { decidedOf, inAWord } from './testing/reason.ts';

const credential = credentialEntry('one');
const LIFTS: NewFleet = {
  name: 'lifts',
  intervalMs: 600_000,
  ttlMs: 1_500_000,
  autoRegister: true,
  systemsMax: 100_000,
  coversOwn: false,
};
const createFleet = (entries: Parameters<typeof decideCreateFleet>[0], members: Partial<NewFleet> = {}) =>
  decideCreateFleet(entries, { fleet: { ...LIFTS, ...members }, credential, now: NOW });

describe('decideCreateFleet', () => {
  it('enters the fleet with its first credential and tells nobody else', () => {
    expect(decidedOf(createFleet(lookupOf(), { coversOwn: true, systemsMax: 5 }))).toEqual({
      action: 'fleet_created',
      key: 'fleet/lifts',
      entry: fleetEntry('lifts', { credentials: [credential], covers_own: true, max_systems: 5 }),
      standsAt: null,
      notice: null,
    });
  });

  it.each([
    ['a fleet of that name', lookupOf(fleetEntry('lifts')), 'already_exists'],
    [
      'a system of that name with credentials',
      lookupOf(systemEntry('lifts', { credentials: [credential] })),
      'already_exists',
    ],
    ['a system of that name without', lookupOf(systemEntry('lifts')), 'done'],
    ['a fleet of another name', lookupOf(fleetEntry('Lifts')), 'done'],
  ])('H43 beside %s', (_what, entries, expected) => {
    expect(inAWord(createFleet(entries))).toBe(expected);
  });

  it.each([
    [{ name: '' }, 'name required'],
    [{ name: '__proto__' }, 'done'],
    [{ name: 'a\u0007' }, 'name invalid_characters'],
    [{ ttlMs: 600_000 }, 'ttl_seconds below_minimum_ratio'],
    [{ systemsMax: -1, intervalMs: 1 }, 'interval_seconds must_be_integer, max_systems out_of_range'],
  ])('%j: %s', (members, expected) => {
    expect(inAWord(createFleet(lookupOf(), members))).toBe(expected);
  });
});

describe('decideChangeFleet', () => {
  const entries = lookupOf(systemEntry('a'), fleetEntry('lifts', { credentials: [credential] }));
  const change = (command: Omit<Parameters<typeof decideChangeFleet>[1], 'now' | 'name'>) =>
    decideChangeFleet(entries, { name: 'lifts', now: NOW + 1, ...command });

  it('changes what is given and keeps the rest, credentials too', () => {
    expect(decidedOf(change({ patch: { ttlMs: 900_000, autoRegister: false } }))).toEqual({
      action: 'fleet_changed',
      key: 'fleet/lifts',
      entry: fleetEntry('lifts', {
        ttl_ms: 900_000,
        auto_register: false,
        credentials: [credential],
        changed_at: NOW + 1,
      }),
      standsAt: null,
      notice: null,
    });
  });

  it('appends nothing for what is so already, whatever revision was seen', () => {
    for (const ifRevision of [undefined, 0, 1]) {
      expect(decidedOf(change({ patch: { ttlMs: 1_500_000 }, ifRevision })).standsAt).toBe(1);
    }
  });

  it.each([
    [{ ifRevision: 1 }, 'done'],
    [{ ifRevision: 0 }, 'changed_meanwhile'],
    [{ patch: { intervalMs: 1_200_000 } }, 'ttl_seconds below_minimum_ratio'],
    [{ patch: { intervalMs: 1_200_000, ttlMs: 1_800_000 } }, 'done'],
    [{ patch: { systemsMax: 0.5 } }, 'max_systems must_be_integer'],
  ])('%j: %s', (command, expected) => {
    expect(inAWord(change({ patch: { coversOwn: true }, ...command }))).toBe(expected);
  });

  it('finds no fleet in a system of that name', () => {
    expect(inAWord(decideChangeFleet(entries, { name: 'a', patch: {}, now: NOW }))).toBe('not_found');
  });
});

describe('decideRemoveFleet', () => {
  it.each([
    ['an empty one', lookupOf(fleetEntry('lifts')), undefined, 'done'],
    [
      'one whose systems are all retired',
      lookupOf(fleetEntry('lifts'), systemEntry('a', { retired: true })),
      0,
      'done',
    ],
    ['one with a system', lookupOf(fleetEntry('lifts'), systemEntry('a')), undefined, 'name has_systems'],
    [
      'one that was changed meanwhile',
      lookupOf(systemEntry('b', { fleet: 'x' }), fleetEntry('lifts')),
      0,
      'changed_meanwhile',
    ],
    ['none', lookupOf(), undefined, 'not_found'],
  ])('%s', (_what, entries, ifRevision, expected) => {
    expect(inAWord(decideRemoveFleet(entries, { name: 'lifts', ifRevision }))).toBe(expected);
  });

  it('leaves a tombstone', () => {
    expect(decidedOf(decideRemoveFleet(lookupOf(fleetEntry('lifts')), { name: 'lifts' }))).toEqual({
      action: 'fleet_removed',
      key: 'fleet/lifts',
      entry: null,
      standsAt: null,
      notice: null,
    });
  });
});

import { describe, expect, it } from 'vitest';
import { decideChangeSystem } from './decide-change-system.ts';
import { decideCreateSystem } from './decide-create-system.ts';
import { decideEnterSeenSystem } from './decide-enter-seen-system.ts';
import { decidePauseSystem, decideResumeSystem } from './decide-pause-system.ts';
import { decideRetireSystem } from './decide-retire-system.ts';
import type { RegistryLookup } from './decision.ts';
import type { NewSystem } from './registry-change.ts';
import { credentialEntry, fleetEntry, lookupOf, NOW, systemEntry } from './testing/entries.ts';
import { decidedOf, inAWord } from './testing/reason.ts';

const lifts = fleetEntry('lifts', { interval_ms: 60_000, ttl_ms: 150_000 });
const old = credentialEntry('old');
const credential = credentialEntry('new');
const later = NOW + 1_000;

describe('decideCreateSystem', () => {
  const create = (entries: RegistryLookup, members: Partial<NewSystem> = {}, isKnownToLiveness = true) =>
    decideCreateSystem(entries, {
      system: { systemId: 'a', fleet: 'lifts', name: '', tags: [], ...members },
      credential,
      isKnownToLiveness,
      now: later,
    });

  it('enters the system with its credential and its fleet’s times, and tells the fold', () => {
    const entry = systemEntry('a', {
      name: 'Lift',
      tags: ['site:rome'],
      interval_ms: 60_000,
      ttl_ms: 150_000,
      credentials: [credential],
      changed_at: later,
    });
    expect(decidedOf(create(lookupOf(lifts), { name: 'Lift', tags: ['site:rome', 'site:rome'] }))).toEqual({
      action: 'system_created',
      key: 'system/a',
      entry,
      standsAt: null,
      notice: {
        systemId: 'a',
        record: { type: 'system', ttl_ms: 150_000, paused: false, retired: false, fleet: 'lifts' },
      },
    });
  });

  it('takes times of its own before its fleet’s', () => {
    const { entry } = decidedOf(create(lookupOf(lifts), { ttlMs: 90_000 }));
    expect([entry.interval_ms, entry.ttl_ms]).toEqual([60_000, 90_000]);
  });

  it('H39 brings a retired one back as a new registration: nothing of the old one is left', () => {
    const retired = systemEntry('a', { retired: true, name: 'old', tags: ['a:b'], credentials: [old] });
    const { entry } = decidedOf(create(lookupOf(lifts, retired)));
    expect(entry).toMatchObject({ retired: false, name: '', tags: [], credentials: [credential] });
  });

  it('completes a creation that liveness never heard of, with a further credential', () => {
    const half = systemEntry('a', { credentials: [old], paused: true });
    const decided = decidedOf(create(lookupOf(lifts, half), {}, false));
    expect(decided.entry).toMatchObject({ credentials: [old, credential], paused: false });
    expect(decided.standsAt).toBeNull();
  });

  it('drops the oldest credential of a creation repeated too often', () => {
    const credentials = Array.from({ length: 10 }, (_, index) => credentialEntry(`${index}`));
    const { entry } = decidedOf(create(lookupOf(lifts, systemEntry('a', { credentials })), {}, false));
    expect(entry.credentials).toEqual([...credentials.slice(1), credential]);
  });

  it.each([
    ['one that exists', lookupOf(lifts, systemEntry('a')), {}, 'already_exists'],
    [
      'a fleet of that name with credentials',
      lookupOf(lifts, fleetEntry('a', { credentials: [old] })),
      {},
      'already_exists',
    ],
    ['a fleet of that name without', lookupOf(lifts, fleetEntry('a')), {}, 'done'],
    ['no fleet of that name', lookupOf(), {}, 'fleet unknown'],
    [
      'a bad id and no fleet',
      lookupOf(),
      { systemId: 'a ', tags: ['x'] },
      'system_id invalid_characters, fleet unknown, tags must_be_key_value',
    ],
    [
      'an interval too long for the fleet’s ttl',
      lookupOf(lifts),
      { intervalMs: 120_000 },
      'ttl_seconds below_minimum_ratio',
    ],
    ['a hostile id', lookupOf(lifts), { systemId: '__proto__' }, 'done'],
    ['a bad name', lookupOf(lifts), { name: 'x'.repeat(256) }, 'name too_long'],
  ])('H43 with %s', (_what, entries, members, expected) => {
    expect(inAWord(create(entries, members))).toBe(expected);
  });
});

describe('decideChangeSystem', () => {
  const entries = lookupOf(
    lifts,
    systemEntry('a', { credentials: [old], paused: true }),
    fleetEntry('doors'),
    systemEntry('gone', { retired: true }),
  );
  const change = (command: Partial<Parameters<typeof decideChangeSystem>[1]>) =>
    decideChangeSystem(entries, { systemId: 'a', patch: {}, now: later, ...command });

  it('changes what is given, keeps the rest, and tells the fold', () => {
    const decided = decidedOf(change({ patch: { ttlMs: 900_000, fleet: 'doors', tags: [] } }));
    expect(decided.entry).toEqual(
      systemEntry('a', { fleet: 'doors', ttl_ms: 900_000, credentials: [old], paused: true, changed_at: later }),
    );
    expect(decided.notice?.record).toEqual({
      type: 'system',
      ttl_ms: 900_000,
      paused: true,
      retired: false,
      fleet: 'doors',
    });
  });

  it('tells the fold again what stands already, whatever revision was seen', () => {
    for (const ifRevision of [undefined, 0, 1]) {
      expect(decidedOf(change({ patch: { ttlMs: 1_500_000 }, ifRevision }))).toMatchObject({
        standsAt: 1,
        notice: { systemId: 'a', record: { ttl_ms: 1_500_000 } },
      });
    }
  });

  it.each([
    [{ patch: { name: 'x' }, ifRevision: 1 }, 'done'],
    [{ patch: { name: 'x' }, ifRevision: 0 }, 'changed_meanwhile'],
    [{ patch: { fleet: 'nobody' } }, 'fleet unknown'],
    [{ patch: { ttlMs: 1 } }, 'ttl_seconds must_be_integer'],
    [{ patch: { intervalMs: 1_200_000 } }, 'ttl_seconds below_minimum_ratio'],
    [{ patch: { name: ' x', tags: ['x'] } }, 'name invalid_characters, tags must_be_key_value'],
    [{ systemId: 'nobody' }, 'not_found'],
    [{ systemId: 'gone', patch: { name: 'x' } }, 'not_found'],
  ])('%j: %s', (command, expected) => {
    expect(inAWord(change(command))).toBe(expected);
  });
});

describe('decideRetireSystem', () => {
  const paused = systemEntry('a', { credentials: [old], paused: true, paused_until: later });
  const retire = (entries: RegistryLookup, ifRevision?: number) =>
    decideRetireSystem(entries, { systemId: 'a', ifRevision, now: later });

  it('keeps the entry as retired with its credentials and without its pause, and tells the fold', () => {
    const decided = decidedOf(retire(lookupOf(paused)));
    expect(decided).toMatchObject({
      action: 'system_retired',
      entry: { retired: true, credentials: [old], paused: false, paused_until: null, changed_at: later },
      standsAt: null,
      notice: { record: { retired: true } },
    });
  });

  it('H39 tells the fold again that a retired one is retired, at the revision it was', () => {
    const entries = lookupOf(lifts, systemEntry('a', { retired: true }));
    expect(decidedOf(retire(entries, 0))).toMatchObject({ standsAt: 1, notice: { record: { retired: true } } });
  });

  it.each([
    [lookupOf(paused), 0, 'done'],
    [lookupOf(lifts, paused), 0, 'changed_meanwhile'],
    [lookupOf(), undefined, 'not_found'],
  ])('%#', (entries, ifRevision, expected) => {
    expect(inAWord(retire(entries, ifRevision))).toBe(expected);
  });
});

describe('decidePauseSystem and decideResumeSystem', () => {
  const entries = lookupOf(
    systemEntry('a'),
    systemEntry('paused', { paused: true }),
    systemEntry('paused until', { paused: true, paused_until: later + 5 }),
    systemEntry('gone', { retired: true }),
  );
  const pause = (systemId: string, until: number | null, ifRevision?: number) =>
    decidePauseSystem(entries, { systemId, until, ifRevision, now: later });
  const resume = (systemId: string, ifRevision?: number) =>
    decideResumeSystem(entries, { systemId, ifRevision, now: later });

  it('H26 sets and clears a flag beside everything else', () => {
    expect(decidedOf(pause('a', later + 1))).toMatchObject({
      action: 'system_paused',
      entry: { ...systemEntry('a'), paused: true, paused_until: later + 1, changed_at: later },
      standsAt: null,
      notice: { record: { paused: true } },
    });
    expect(decidedOf(resume('paused until'))).toMatchObject({
      action: 'system_resumed',
      entry: { paused: false, paused_until: null },
      standsAt: null,
      notice: { record: { paused: false } },
    });
  });

  it('does again what is done already by telling the fold alone', () => {
    expect(decidedOf(pause('paused', null))).toMatchObject({ standsAt: 1, notice: { record: { paused: true } } });
    expect(decidedOf(pause('paused until', later + 5))).toMatchObject({ standsAt: 2 });
    expect(decidedOf(resume('a', 99))).toMatchObject({ standsAt: 0, notice: { record: { paused: false } } });
  });

  it.each([
    [() => pause('paused', later + 9), 'done'],
    [() => pause('a', later), 'until must_be_in_the_future'],
    [() => pause('a', later + 0.5), 'until must_be_integer'],
    [() => pause('a', null, 3), 'changed_meanwhile'],
    [() => resume('paused', 0), 'changed_meanwhile'],
    [() => pause('gone', null), 'not_found'],
    [() => resume('gone'), 'not_found'],
    [() => pause('nobody', null), 'not_found'],
  ])('%#', (decide, expected) => {
    expect(inAWord(decide())).toBe(expected);
  });
});

describe('decideEnterSeenSystem', () => {
  const entries = lookupOf(lifts, systemEntry('known', { name: 'x' }), systemEntry('gone', { retired: true }));
  const enter = (systemId: string, fleet = 'lifts') => decideEnterSeenSystem(entries, { systemId, fleet, now: later });

  it('enters a system in the fleet it came for, with its times and without credentials', () => {
    expect(decidedOf(enter('a'))).toEqual({
      action: 'system_entered',
      key: 'system/a',
      entry: systemEntry('a', { interval_ms: 60_000, ttl_ms: 150_000, changed_at: later }),
      standsAt: null,
      notice: null,
    });
  });

  it.each([
    ['known', 1],
    ['gone', 2],
  ])('leaves %s as it is, whatever fleet it is seen in', (systemId, revision) => {
    expect(decidedOf(enter(systemId, 'nobody'))).toMatchObject({ standsAt: revision, notice: null });
  });

  it.each([
    ['a', 'nobody', 'fleet unknown'],
    ['a\u0000', 'lifts', 'system_id invalid_characters'],
    ['0/1', 'lifts', 'done'],
  ])('H43 %s in %s: %s', (systemId, fleet, expected) => {
    expect(inAWord(enter(systemId, fleet))).toBe(expected);
  });
});

import type { SystemRow } from '@earshot/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOW, stateAt, systemHeardAt } from '../conformance/samples.ts';
import { isListed, LivenessStoreError } from '../port/index.ts';
import { stretchesOfLedger } from './open-stretches.ts';
import { packSystem, seenTtlName, unpackSystem } from './packed-system.ts';

const { stretches } = stretchesOfLedger(stateAt(1));

const instant = fc.integer({ min: 0, max: 2 ** 42 });
const position = fc.integer({ min: 0, max: 2 ** 53 - 1 });
const text = fc.string({ unit: 'grapheme', maxLength: 20 });
const anyRow: fc.Arbitrary<SystemRow> = fc.record({
  systemId: text,
  fleet: text,
  ttlMs: fc.oneof(fc.integer({ min: 1, max: 2_592_000_000 }), fc.constantFrom(15_000, 1_500_000)),
  ttlRevision: position,
  revision: position,
  registration: position,
  state: fc.constantFrom('unseen', 'online', 'offline'),
  paused: fc.boolean(),
  retiredAt: fc.option(instant),
  lastSeen: fc.option(instant),
  since: instant,
  openAt: instant,
  sequence: position,
  mutedTo: fc.oneof(fc.constant(-1), position),
  credential: text,
});

const roundTrip = (row: SystemRow): SystemRow => {
  const packed = packSystem(row, stretches);
  const score = isListed(row) ? row.since : null;
  return unpackSystem({ systemId: row.systemId, packed, score }, stretches);
};

describe('packed system', () => {
  it('P1 any row comes back as it was', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        expect(roundTrip(row)).toEqual(row);
        expect(roundTrip({ ...row, lastSeen: row.since })).toEqual({ ...row, lastSeen: row.since });
      }),
    );
  });

  it('P4 a heartbeat leaves the text as it is', () => {
    const packed = packSystem(systemHeardAt('pump'), stretches);
    expect(packed).toBe('+1500,o,3,2,1,1,,,,,,8;a1b2c3d4default');
    expect(packSystem(systemHeardAt('pump', NOW + 600_000), stretches)).toBe(packed);
  });

  it.each([
    ['another credential', { credential: 'e5f6' }],
    ['named in a knock, so alive but not heard', { lastSeen: NOW - 1 }],
    ['an open time that does not follow', { openAt: 7 }],
    ['another ttl', { ttlMs: 60_000 }],
    ['paused', { paused: true }],
    ['a transition', { sequence: 2 }],
  ])('P4 %s changes the text', (_, members) => {
    expect(packSystem(systemHeardAt('pump', NOW, members), stretches)).not.toBe(
      packSystem(systemHeardAt('pump'), stretches),
    );
  });

  it('P1 the index of a text is that of its ttl, and none for a system no verdict can be about', () => {
    expect(seenTtlName(packSystem(systemHeardAt('pump'), stretches))).toBe('1500');
    expect(seenTtlName(packSystem(systemHeardAt('pump', NOW, { openAt: 7, ttlMs: 1_500_001 }), stretches))).toBe(
      '1500001ms',
    );
    for (const members of [{ state: 'offline' }, { state: 'unseen' }, { paused: true }, { retiredAt: 1 }] as const) {
      expect(seenTtlName(packSystem(systemHeardAt('pump', NOW, members), stretches))).toBeNull();
    }
  });

  it.each([
    '',
    '+1500',
    '+1500,x,3,2,1,1,,,,,,0;',
    '+1500,o,3,two,1,1,,,,,,0;',
    '+1500,o,3,,1,1,,,,,,0;',
    '-1500,f,3,2,1,1,,,,,,0;', // since is missing
    '+1500,o,3,2,1,1,,,,,,;default',
  ])('P6 a text that we cannot have written, %j, is refused as corrupt', (packed) => {
    expect(() => unpackSystem({ systemId: 'pump', packed, score: null }, stretches)).toThrow(LivenessStoreError);
  });

  it('P6 an open time that follows from nothing is refused as corrupt', () => {
    const packed = packSystem(systemHeardAt('pump'), stretches);
    expect(() => unpackSystem({ systemId: 'pump', packed, score: NOW }, [])).toThrow(LivenessStoreError);
  });
});

import type { SystemRow } from '@earshot/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHeld, isLate, isListed, type SilenceState } from './silence.ts';

const TTL_MS = 1_500_000;
const LATE_MS = 1_125_000;
const PROVEN = 1_753_093_500_000;

const row = (members: Partial<SystemRow> = {}): SystemRow => ({
  systemId: 'pump',
  fleet: 'default',
  ttlMs: TTL_MS,
  ttlRevision: 1,
  revision: 1,
  registration: 1,
  state: 'online',
  paused: false,
  retiredAt: null,
  lastSeen: PROVEN,
  since: PROVEN,
  openAt: 0,
  sequence: 1,
  mutedTo: -1,
  credential: '',
  ...members,
});
const state = (members: Partial<SilenceState> = {}): SilenceState => ({
  proven: PROVEN,
  openSince: 0,
  open: 0,
  hold: 'none',
  ...members,
});

describe('late', () => {
  it.each([
    [LATE_MS - 1, false],
    [LATE_MS, true],
    [LATE_MS + 1, true],
  ])('V5 a system silent for %i ms of a ttl of 1,500,000 ms: late is %s', (silentMs, expected) => {
    expect(isLate(row({ since: PROVEN - silentMs }), state())).toBe(expected);
  });

  it.each([
    [LATE_MS - 1, false],
    [LATE_MS, true],
    [LATE_MS + 1, true],
  ])('V5 silence counts from the start of the open stretch, %i ms ago: late is %s', (openMs, expected) => {
    expect(isLate(row({ since: 0 }), state({ openSince: PROVEN - openMs }))).toBe(expected);
  });

  it.each([
    [15_000, 11_250],
    [15_001, 11_251],
    [15_002, 11_252],
    [15_003, 11_253],
  ])('V5 three quarters of %i ms are reached at %i ms, never a millisecond early', (ttlMs, silentMs) => {
    expect(isLate(row({ ttlMs, since: PROVEN - silentMs }), state())).toBe(true);
    expect(isLate(row({ ttlMs, since: PROVEN - silentMs + 1 }), state())).toBe(false);
  });

  it('V5 late is exactly 4 x silence >= 3 x ttl, for any integers', () => {
    const instant = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(instant, instant, instant, fc.integer({ min: 1, max: 10_000 }), (since, openSince, proven, ttlMs) => {
        const expected = 4 * (proven - Math.max(since, openSince)) >= 3 * ttlMs;
        expect(isLate(row({ since, ttlMs }), state({ openSince, proven }))).toBe(expected);
      }),
    );
  });
});

describe('held', () => {
  it.each([
    [TTL_MS - 1, false],
    [TTL_MS, true],
    [TTL_MS + 1, true],
  ])('V5 T6 during a hold, a system silent for %i ms of 1,500,000: held is %s', (silentMs, expected) => {
    const silent = row({ since: PROVEN - silentMs, openAt: 1 });
    expect(isHeld(silent, state({ hold: 'on' }))).toBe(expected);
  });

  it.each([
    [3 * TTL_MS - 1, false],
    [3 * TTL_MS, true],
    [3 * TTL_MS + 1, true],
  ])('V2 V5 during a hold, %i ms of accumulated open time of a ttl of 1,500,000: held is %s', (openMs, expected) => {
    const silent = row({ since: PROVEN - 1, openAt: 7 });
    expect(isHeld(silent, state({ hold: 'on', openSince: PROVEN, open: 7 + openMs }))).toBe(expected);
  });

  it.each(['none', 'released'] as const)('V5 nothing is held while the hold is %s', (hold) => {
    expect(isHeld(row({ since: 0 }), state({ hold, open: 9 * TTL_MS }))).toBe(false);
  });

  it('V2 held is exactly due, for any integers', () => {
    const instant = fc.integer({ min: 0, max: 1_000 });
    const ttl = fc.integer({ min: 1, max: 1_000 });
    fc.assert(
      fc.property(
        fc.record({ since: instant, openAt: instant, ttlMs: ttl }),
        instant,
        instant,
        (members, openSince, proven) => {
          const open = proven;
          const isDue =
            Math.max(members.since, openSince) + members.ttlMs <= proven || open - members.openAt >= 3 * members.ttlMs;
          expect(isHeld(row(members), state({ hold: 'on', openSince, proven, open }))).toBe(isDue);
        },
      ),
    );
  });
});

describe('listed', () => {
  it.each([
    ['unseen', { state: 'unseen' }],
    ['offline', { state: 'offline' }],
    ['paused', { paused: true }],
    ['retired', { retiredAt: 1 }],
  ] as const)('V4 a system that is %s is neither listed, late nor held', (_, members) => {
    const silent = row({ since: 0, ...members });
    expect(isListed(silent)).toBe(false);
    expect(isLate(silent, state())).toBe(false);
    expect(isHeld(silent, state({ hold: 'on' }))).toBe(false);
  });

  it('V4 an online system is listed', () => {
    expect(isListed(row())).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import {
  isLeaving,
  type KnockHistory,
  NO_KNOCKS,
  type ReadinessFacts,
  readinessConditions,
  withAcknowledged,
} from './ingest-readiness.ts';

const acknowledgedAt = (...instants: readonly number[]): KnockHistory => instants.reduce(withAcknowledged, NO_KNOCKS);
const facts = (changes: Partial<ReadinessFacts>): ReadinessFacts => ({
  history: acknowledgedAt(0),
  currency: 'current',
  stopping: false,
  now: 0,
  ...changes,
});
const isReady = (changes: Partial<ReadinessFacts>): boolean =>
  readinessConditions(facts(changes)).every(([holds]) => holds);

describe('readiness', () => {
  it('is there while knocks are acknowledged, and gone 3 s after the last', () => {
    expect(isReady({ history: NO_KNOCKS })).toBe(false);
    expect(isReady({ now: 3_000 })).toBe(true);
    expect(isReady({ now: 3_001 })).toBe(false);
  });

  it.each(['ageing', 'unknown'] as const)('is gone, and knocks say leaving, while the table is %s', (currency) => {
    expect(isReady({ currency })).toBe(false);
    expect(isLeaving(facts({ currency }))).toBe(true);
  });

  it('is gone, and knocks say leaving, while stopping', () => {
    expect(isReady({ stopping: true })).toBe(false);
    expect(isLeaving(facts({ stopping: true }))).toBe(true);
    expect(isLeaving(facts({}))).toBe(false);
  });

  it('G1 an ingest that is not ready proves no open time, also where its knocks reach some partitions', () => {
    expect(isLeaving(facts({ now: 3_000 }))).toBe(false);
    expect(isLeaving(facts({ now: 3_001 }))).toBe(true);
  });

  it('has nothing to leave before the first acknowledgement', () => {
    expect(isLeaving(facts({ history: NO_KNOCKS }))).toBe(false);
  });

  it('is gone after three gaps in ten minutes until knocks came cleanly for a minute', () => {
    const twice = acknowledgedAt(0, 3_001, 3_002, 10_000);
    expect(isReady({ history: twice, now: 10_000 })).toBe(true);
    const thrice = withAcknowledged(twice, 20_000);
    expect(isReady({ history: thrice, now: 20_000 })).toBe(false);
    expect(isLeaving(facts({ history: thrice, now: 20_000 }))).toBe(true);
    let history = thrice;
    for (let now = 21_000; now < 80_000; now += 1_000) history = withAcknowledged(history, now);
    expect(isReady({ history, now: 79_999 })).toBe(false);
    expect(isReady({ history: withAcknowledged(history, 80_000), now: 80_000 })).toBe(true);
  });

  it('forgives gaps further apart than ten minutes', () => {
    const gapsEvery = (ms: number): KnockHistory => acknowledgedAt(0, ms, 2 * ms, 3 * ms);
    expect(isReady({ history: gapsEvery(300_000), now: 900_000 })).toBe(false);
    expect(isReady({ history: gapsEvery(300_001), now: 900_003 })).toBe(true);
  });
});

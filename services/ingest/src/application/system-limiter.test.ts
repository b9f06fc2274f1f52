import { describe, expect, it } from 'vitest';
import { BURST, REFILL_MS } from '../domain/rate-limit.ts';
import { createSystemLimiter } from './system-limiter.ts';

describe('createSystemLimiter', () => {
  it('limits each system on its own', () => {
    const limiter = createSystemLimiter();
    const take = (systemId: string): number =>
      Array.from({ length: 2 * BURST }, () => limiter.take(systemId, 0)).filter(Boolean).length;
    expect([take('a'), take('__proto__'), take('a')]).toEqual([BURST, BURST, 0]);
  });

  it('forgets nobody who has not got all back yet, however often generations turn', () => {
    const limiter = createSystemLimiter();
    let allowed = 0;
    for (let now = 0; now < 20 * REFILL_MS; now += 10) if (limiter.take('a', now)) allowed += 1;
    expect(allowed).toBe(BURST + Math.floor((20 * REFILL_MS - 10) / 200));
  });

  it('G12 remembers a bounded number of systems, whatever comes within a moment', () => {
    const limiter = createSystemLimiter();
    for (let i = 0; i < 300_000; i += 1) limiter.take(`s${i}`, 1);
    for (let i = 0; i < BURST; i += 1) expect(limiter.take('s0', 1)).toBe(true);
  });
});

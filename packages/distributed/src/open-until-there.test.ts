import { silentLogger } from '@earshot/runtime';
import { createManualClock } from '@earshot/testkit';
import { describe, expect, it } from 'vitest';
import { openUntilThere } from './open-until-there.ts';

const options = (clock: ReturnType<typeof createManualClock>) => ({
  what: 'it',
  isFinal: (error: unknown) => String(error).includes('never'),
  clock,
  logger: silentLogger,
});

describe('openUntilThere', () => {
  it('tries again, each time later, until it works', async () => {
    const clock = createManualClock();
    const triedAt: number[] = [];
    const opened = openUntilThere(() => {
      triedAt.push(clock.monotonicNow());
      return triedAt.length < 4 ? Promise.reject(new Error('not yet')) : Promise.resolve('open');
    }, options(clock));
    await clock.advance(10_000);
    expect(await opened).toBe('open');
    expect(triedAt).toEqual([0, 250, 750, 1_750]);
  });

  it('gives up at once where trying does not help', async () => {
    const clock = createManualClock();
    await expect(openUntilThere(() => Promise.reject(new Error('never')), options(clock))).rejects.toThrow('never');
  });
});

import { describe, expect, it } from 'vitest';
import { createManualClock } from './manual-clock.ts';

describe('createManualClock', () => {
  it('runs timers in order of their time, each at its own instant, equal ones in order of making', async () => {
    const clock = createManualClock({ wall: 1_000 });
    const ran: [string, number, number][] = [];
    const note = (name: string) => () => ran.push([name, clock.monotonicNow(), clock.wallNow()]);
    clock.after(20, note('b'));
    clock.after(10, note('a'));
    clock.after(20, note('c'));
    clock.after(31, note('not yet'));
    await clock.advance(30);
    expect(ran).toEqual([
      ['a', 10, 1_010],
      ['b', 20, 1_020],
      ['c', 20, 1_020],
    ]);
    expect([clock.monotonicNow(), clock.wallNow(), clock.waiting()]).toEqual([30, 1_030, 1]);
  });

  it('runs what is scheduled on the way, also after something awaited', async () => {
    const clock = createManualClock();
    const at: number[] = [];
    const again = async (): Promise<void> => {
      at.push(clock.monotonicNow());
      await Promise.resolve();
      clock.after(1_000, () => void again());
    };
    clock.after(1_000, () => void again());
    await clock.advance(3_500);
    expect(at).toEqual([1_000, 2_000, 3_000]);
  });

  it('never runs what was cancelled, and steps wall time without anything falling due', async () => {
    const clock = createManualClock();
    let ran = 0;
    const timer = clock.after(5, () => (ran += 1));
    clock.after(5, () => (ran += 10));
    timer.cancel();
    timer.cancel();
    clock.setWall(0);
    expect([ran, clock.wallNow(), clock.monotonicNow()]).toEqual([0, 0, 0]);
    await clock.advance(5);
    expect([ran, clock.wallNow()]).toEqual([10, 5]);
  });
});

import { createManualClock } from '@earshot/testkit';
import { describe, expect, it } from 'vitest';
import { createLoop } from './loop.ts';

describe('a loop', () => {
  it('turns after each pause, never two turns at once', async () => {
    const clock = createManualClock();
    const turn = Promise.withResolvers<void>();
    let turns = 0;
    const loop = createLoop({
      clock,
      pauseMs: () => 1_000,
      turn: () => {
        turns += 1;
        return turns === 2 ? turn.promise : undefined;
      },
      onError: () => undefined,
    });
    loop.start();
    await clock.advance(999);
    expect(turns).toBe(0);
    await clock.advance(1);
    expect(turns).toBe(1);
    await clock.advance(5_000);
    expect(turns).toBe(2);
    turn.resolve();
    await clock.advance(1_000);
    expect(turns).toBe(3);
    await loop.stop();
  });

  it('reports a turn that throws, and goes on', async () => {
    const clock = createManualClock();
    const errors: unknown[] = [];
    const loop = createLoop({
      clock,
      pauseMs: () => 10,
      turn: () => Promise.reject(new Error(`turn ${errors.length}`)),
      onError: (error) => errors.push(error),
    });
    loop.start();
    await clock.advance(25);
    expect(errors).toEqual([new Error('turn 0'), new Error('turn 1')]);
    await loop.stop();
  });

  it('stops when the turn under way has ended, leaves no timer, and can be started again', async () => {
    const clock = createManualClock();
    const turn = Promise.withResolvers<void>();
    const loop = createLoop({ clock, pauseMs: () => 10, turn: () => turn.promise, onError: () => undefined });
    loop.start();
    loop.start();
    await clock.advance(10);
    let stopped = false;
    const stopping = loop.stop().then(() => {
      stopped = true;
    });
    await clock.advance(10);
    expect(stopped).toBe(false);
    turn.resolve();
    await stopping;
    await loop.stop();
    expect(clock.waiting()).toBe(0);
    loop.start();
    expect(clock.waiting()).toBe(1);
    await loop.stop();
  });
});

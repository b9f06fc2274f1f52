import { createManualClock } from '@earshot/testkit';
import { describe, expect, it } from 'vitest';
import { wait, withDeadline } from './wait.ts';

describe('wait', () => {
  it('ends with the delay, or with the signal if that comes first', async () => {
    const clock = createManualClock();
    const controller = new AbortController();
    let ended = 0;
    void wait(clock, 100).then(() => (ended += 1));
    void wait(clock, 1_000, controller.signal).then(() => (ended += 1));
    await clock.advance(100);
    expect(ended).toBe(1);
    controller.abort();
    await clock.advance(0);
    expect(ended).toBe(2);
    await wait(clock, 1_000, controller.signal);
    expect(clock.waiting()).toBe(0);
  });
});

describe('withDeadline', () => {
  const deadline = { ms: 50, onLate: () => new Error('late') };

  it('gives what the promise gives in time, and leaves no timer', async () => {
    const clock = createManualClock();
    await expect(withDeadline(clock, Promise.resolve(7), deadline)).resolves.toBe(7);
    await expect(withDeadline(clock, Promise.reject(new Error('broken')), deadline)).rejects.toThrow('broken');
    await clock.advance(0);
    expect(clock.waiting()).toBe(0);
  });

  it('rejects at the deadline, whatever the promise does later', async () => {
    const clock = createManualClock();
    const slow = Promise.withResolvers<number>();
    const answer = withDeadline(clock, slow.promise, deadline).catch((error: unknown) => error);
    await clock.advance(50);
    slow.reject(new Error('too late to matter'));
    expect(await answer).toEqual(new Error('late'));
  });
});

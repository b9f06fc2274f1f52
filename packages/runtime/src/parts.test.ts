import { describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { createParts, type Part } from './parts.ts';

const OPTIONS = { clock: systemClock, stopDeadlineMs: 10_000 };
const recording = (calls: string[], name: string, faults: { start?: Error; stop?: Error } = {}): Part => ({
  name,
  start: () => {
    calls.push(`start ${name}`);
    if (faults.start !== undefined) throw faults.start;
  },
  stop: () => {
    calls.push(`stop ${name}`);
    if (faults.stop !== undefined) throw faults.stop;
  },
});

describe('parts', () => {
  it('start in order and stop in reverse, once', async () => {
    const calls: string[] = [];
    const parts = createParts([recording(calls, 'a'), recording(calls, 'b')], OPTIONS);
    await parts.start();
    await parts.stop();
    await parts.stop();
    expect(calls).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  });

  it('stop what was started when one cannot start, and say why', async () => {
    const calls: string[] = [];
    const broken = recording(calls, 'b', { start: new Error('no port') });
    const parts = createParts([recording(calls, 'a'), broken, recording(calls, 'c')], OPTIONS);
    await expect(parts.start()).rejects.toThrow('no port');
    expect(calls).toEqual(['start a', 'start b', 'stop a']);
  });

  it('stop all of them whatever one does, and join what went wrong', async () => {
    const calls: string[] = [];
    const parts = createParts([recording(calls, 'a'), recording(calls, 'b', { stop: new Error('stuck') })], OPTIONS);
    await parts.start();
    await expect(parts.stop()).rejects.toThrow('stopping failed: Error: stuck');
    expect(calls).toContain('stop a');
  });

  it('do not wait for one that never stops', async () => {
    const calls: string[] = [];
    const stuck: Part = { name: 'stuck', stop: () => new Promise(() => undefined) };
    const parts = createParts([recording(calls, 'a'), stuck], { clock: systemClock, stopDeadlineMs: 1 });
    await parts.start();
    await expect(parts.stop()).rejects.toThrow('stuck did not stop in time');
    expect(calls).toContain('stop a');
  });
});

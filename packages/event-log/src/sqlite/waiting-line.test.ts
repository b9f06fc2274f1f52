import { describe, expect, it } from 'vitest';
import { createWaitingLine, GROUP_BYTES_MAX, GROUP_RECORDS_MAX, WAITING_BYTES_MAX } from './waiting-line.ts';

const call = (recordCount: number, bytes = recordCount): { recordCount: number; bytes: number } => ({
  recordCount,
  bytes,
});

describe('the waiting line', () => {
  it('L2 calls leave in the order they came, together while they fit', () => {
    const line = createWaitingLine();
    const calls = [call(1), call(GROUP_RECORDS_MAX - 1), call(1)];
    for (const each of calls) line.join(each);
    expect([line.takeGroup(), line.takeGroup(), line.takeGroup()]).toEqual([calls.slice(0, 2), calls.slice(2), []]);
  });

  it('a call larger than a group goes alone', () => {
    const line = createWaitingLine();
    const calls = [call(1, GROUP_BYTES_MAX + 1), call(1)];
    for (const each of calls) line.join(each);
    expect(line.takeGroup()).toEqual(calls.slice(0, 1));
  });

  it('L9 what waits is bounded, and room comes back when calls leave', () => {
    const line = createWaitingLine();
    const large = call(1, WAITING_BYTES_MAX);
    expect(line.join(large)).toBe(true);
    expect(line.join(call(1, 1))).toBe(false);
    expect(line.leave(large)).toBe(true);
    expect(line.join(call(1, 1))).toBe(true);
    line.takeGroup();
    expect(line.join(large)).toBe(true);
  });

  it('a call above the bound is taken if nobody waits', () => {
    expect(createWaitingLine().join(call(1, WAITING_BYTES_MAX + 1))).toBe(true);
  });

  it('a call that is no longer there cannot leave', () => {
    const line = createWaitingLine();
    const only = call(1);
    line.join(only);
    line.takeGroup();
    expect(line.leave(only)).toBe(false);
  });
});

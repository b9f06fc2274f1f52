import { beforeEach, describe, expect, it } from 'vitest';
import { createNewcomers, NEWCOMER_MS, type Newcomers, NEWCOMERS_MAX } from './newcomers.ts';

describe('createNewcomers', () => {
  let now: number;
  let registered: Set<string>;
  let newcomers: Newcomers;
  beforeEach(() => {
    now = 0;
    registered = new Set();
    newcomers = createNewcomers({ isRegistered: (id) => registered.has(id), monotonicNow: () => now });
  });
  const admitMany = (fleet: string, count: number): void => {
    for (let i = 0; i < count; i += 1) newcomers.admit(fleet, `s${i}`);
  };

  it('counts each system of a fleet once, and not the one that asks', () => {
    expect(newcomers.besides('f', 'a', 10)).toBe(0);
    expect([newcomers.admit('f', 'a'), newcomers.admit('f', 'a'), newcomers.admit('f', 'b')]).toEqual([
      'first',
      'again',
      'first',
    ]);
    expect([newcomers.besides('f', 'a', 10), newcomers.besides('f', 'c', 10), newcomers.besides('g', 'c', 10)]).toEqual(
      [1, 2, 0],
    );
    newcomers.forget('f', 'a');
    newcomers.forget('f', 'a');
    newcomers.forget('g', 'a');
    expect(newcomers.besides('f', 'c', 10)).toBe(1);
  });

  it('no longer counts those that the registry shows before it calls a fleet full', () => {
    admitMany('f', 500);
    expect(newcomers.besides('f', 'x', 500)).toBe(500);
    for (let i = 0; i < 400; i += 1) registered.add(`s${i}`);
    expect(newcomers.besides('f', 'x', 500)).toBe(100);
  });

  it('lets those that the registry shows go while others come', () => {
    admitMany('f', 500);
    for (let i = 0; i < 500; i += 1) registered.add(`s${i}`);
    for (let i = 0; i < 125; i += 1) newcomers.admit('f', `t${i}`);
    expect(newcomers.besides('f', 'x', 10_000)).toBe(125);
  });

  it('counts nobody for longer than NEWCOMER_MS', () => {
    admitMany('f', 3);
    now = NEWCOMER_MS - 1;
    expect(newcomers.besides('f', 'x', 1)).toBe(3);
    now = NEWCOMER_MS;
    expect(newcomers.besides('f', 'x', 1)).toBe(0);
  });

  it('G12 counts at most NEWCOMERS_MAX', () => {
    admitMany('f', NEWCOMERS_MAX);
    expect([newcomers.admit('g', 'x'), newcomers.admit('f', 's5')]).toEqual(['full', 'again']);
    newcomers.forget('f', 's5');
    expect(newcomers.admit('g', 'x')).toBe('first');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceLogClock, startLogClock } from './log-clock.ts';

const WALL = 1_753_093_500_000;
const start = (newest: number | null = null): ReturnType<typeof startLogClock> =>
  startLogClock({ wall: WALL, monotonic: 5_000.25 }, newest);

/** Log time after each step; a step lets time pass and sets the wall clock by so much. */
const follow = (steps: readonly { readonly pass: number; readonly set: number }[]): readonly number[] => {
  let state = start();
  let [wall, monotonic] = [WALL, 5_000.25];
  return steps.map(({ pass, set }) => {
    wall += pass + set;
    monotonic += pass;
    state = advanceLogClock(state, { wall, monotonic });
    return state.at;
  });
};

describe('the log clock', () => {
  it('T1 log time is wall time while nobody sets the wall clock', () => {
    expect(
      follow([
        { pass: 0, set: 0 },
        { pass: 10.5, set: 0 },
        { pass: 1_000, set: 0 },
      ]),
    ).toEqual([WALL, WALL + 10, WALL + 1_010]);
  });

  it('T1 a wall clock set back does not stop log time: it goes on at the pace of monotonic time', () => {
    expect(
      follow([
        { pass: 1_000, set: -3_600_000 },
        { pass: 1_000, set: 0 },
        { pass: 250, set: 0 },
      ]),
    ).toEqual([WALL + 1_000, WALL + 2_000, WALL + 2_250]);
  });

  it('T4 a wall clock set forward makes log time jump forward', () => {
    expect(
      follow([
        { pass: 1_000, set: 60_000 },
        { pass: 1_000, set: 0 },
      ]),
    ).toEqual([WALL + 61_000, WALL + 62_000]);
  });

  it('T1 after a restart log time continues from the newest stamp stored, even if wall time is behind it', () => {
    const newest = WALL + 86_400_000;
    const later = advanceLogClock(start(newest), { wall: WALL + 1_000, monotonic: 6_000.25 });
    expect([start(newest).at, later.at]).toEqual([newest, newest + 1_000]);
  });

  it('T1 log time never steps back and never lags monotonic time, whatever happens to the wall clock', () => {
    const step = fc.record({
      pass: fc.double({ min: 0, max: 10_000, noNaN: true }),
      set: fc.integer({ min: -1e7, max: 1e7 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 50 }), (steps) => {
        const times = [WALL, ...follow(steps)];
        const passed = [0, ...steps.map((each) => each.pass)];
        return times.every((at, i) => {
          const before = times[i - 1] ?? at;
          return Number.isInteger(at) && at >= before && at - before >= Math.floor(passed[i] ?? 0) - 1;
        });
      }),
    );
  });
});

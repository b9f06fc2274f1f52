import { describe, expect, it } from 'vitest';
import { lateAfter } from './deadlines.ts';
import { LogTime } from '../log-time.ts';
import { EMPTY_STATE } from '../partition.ts';
import { SilenceIndex } from './silence-index.ts';
import { SystemTable, type Row } from '../systems/system-table.ts';

/** The same numbers on every run: a linear congruential generator. */
const randomNumbers = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const indexOf = (count: number): { systems: SystemTable; time: LogTime; index: SilenceIndex } => {
  const systems = new SystemTable();
  const time = new LogTime({ ...EMPTY_STATE, now: 1_000, proven: 1_000, openSince: 1_000 });
  for (let i = 0; i < count; i += 1) {
    const row = systems.add(`s${i}`);
    systems.setTtl(row, 1_000 * (1 + (i % 3)), 0);
    systems.setState(row, 'online');
  }
  return { systems, time, index: new SilenceIndex(systems, time, { operations: 0 }) };
};

const scan = (systems: SystemTable, time: LogTime): Record<'listed' | 'late' | 'silent', number> => {
  const isSilent = (row: Row, from: number): boolean => from + lateAfter(systems.ttl(row)) <= time.proven;
  const listed = [...systems.rows()].filter((row) => systems.isListed(row));
  return {
    listed: listed.length,
    late: listed.filter((row) => isSilent(row, Math.max(systems.since(row), time.openSince))).length,
    silent: listed.filter((row) => isSilent(row, systems.since(row))).length,
  };
};

describe('the silence index', () => {
  it.each(Array.from({ length: 20 }, (_, i) => i + 1))(
    'V3 V5 counts what a scan counts, whatever happens (seed %i)',
    (seed) => {
      const random = randomNumbers(seed);
      const { systems, time, index } = indexOf(50);
      for (let step = 0; step < 2_000; step += 1) {
        const row = random(50);
        const what = random(20);
        time.now += random(40);
        if (what < 12) index.restart(row, time.now, time.openTimeAt(time.now));
        else if (what === 12) index.unlist(row);
        if (what === 12) systems.setPaused(row, true);
        if (what === 13) {
          systems.setPaused(row, false);
          systems.setTtl(row, 500 * (1 + random(8)), 0);
          index.restart(row, time.now, time.openTimeAt(time.now));
        }
        if (what === 14 && random(10) === 0) {
          time.openSince = time.now;
          index.beginStretch();
        }
        if (what < 15) continue;
        time.prove(time.proven + random(time.now - time.proven + 1));
        index.count();
        expect({ listed: index.listed, late: index.late, silent: index.silent }).toEqual(scan(systems, time));
        expect(index.lists).toBeLessThanOrEqual(index.listed);
      }
    },
  );

  it('G12 an empty list is dropped', () => {
    const { systems, time, index } = indexOf(3);
    expect(index.lists).toBe(3);
    time.now += 10;
    for (const row of systems.rows()) {
      systems.setTtl(row, 9_000, 1);
      index.restart(row, time.now, time.openTimeAt(time.now));
    }
    expect(index.lists).toBe(1);
    for (const row of systems.rows()) index.unlist(row);
    expect([index.lists, index.listed]).toEqual([0, 0]);
  });

  it('G12 closings one after another leave no lists but of those still silent', () => {
    const { systems, time, index } = indexOf(30);
    for (let closing = 0; closing < 200; closing += 1) {
      time.now += 5_000;
      time.openSince = time.now;
      index.beginStretch();
      index.restart(closing % 30, time.now, time.openTimeAt(time.now));
    }
    expect(index.lists).toBeLessThanOrEqual(systems.size);
  });

  it('V3 a heartbeat in the last place changes nothing but its time', () => {
    const { systems, time, index } = indexOf(1);
    index.restart(0, time.now + 1, 1);
    index.restart(0, time.now + 2, 2);
    expect([index.listed, index.lists, systems.since(0)]).toEqual([1, 1, time.now + 2]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinSilences, type PartitionSilence } from './join-silences.ts';

const silence = (partition: number, openedAt: number, closedAt: number | null): PartitionSilence => ({
  id: `${partition}/${openedAt}/fleet-silence-opened`,
  partition,
  openedAt,
  closedAt,
  late: 10,
  listed: 30,
  reason: closedAt === null ? null : 'recovered',
  by: '',
  note: '',
});

const spans = (silences: readonly PartitionSilence[], partitions = 12) =>
  joinSilences(silences, partitions).map(({ opened_at: opened, closed_at: closed }) => [
    Date.parse(opened),
    closed === null ? null : Date.parse(closed),
  ]);

describe('joinSilences', () => {
  it('G9 makes one incident of silences that overlap: from the first opening to the last closing', () => {
    expect(spans([silence(0, 10, 50), silence(1, 20, 70), silence(2, 60, 65)])).toEqual([[10, 70]]);
  });

  it('G9 keeps apart what does not overlap, newest first', () => {
    expect(spans([silence(0, 10, 50), silence(1, 51, 70)])).toEqual([
      [51, 70],
      [10, 50],
    ]);
  });

  it('G9 is open while one of them is', () => {
    expect(spans([silence(0, 10, 50), silence(1, 20, null), silence(0, 90, 95)])).toEqual([[10, null]]);
  });

  it('says how many partitions are silent, of how many, and suspects this side when they are few', () => {
    const [few] = joinSilences([silence(0, 10, null), silence(0, 20, null)], 12);
    expect(few).toMatchObject({ partitions: { silent: 1, of: 12 }, suspect: 'ours', late: 20, listed: 60 });
    const all = Array.from({ length: 12 }, (_, partition) => silence(partition, 10, null));
    expect(joinSilences(all, 12)[0]).toMatchObject({ partitions: { silent: 12 }, suspect: 'path' });
    expect(joinSilences([silence(0, 10, null)], 1)[0]?.suspect).toBe('path');
  });

  it('does not depend on the order in which partitions were read', () => {
    const made = fc.record({
      partition: fc.integer({ min: 0, max: 3 }),
      start: fc.integer({ min: 1, max: 50 }),
      length: fc.option(fc.integer({ min: 0, max: 20 })),
    });
    fc.assert(
      fc.property(fc.uniqueArray(made, { selector: ({ partition, start }) => `${partition} ${start}` }), (all) => {
        const silences = all.map(({ partition, start, length }) =>
          silence(partition, start, length === null ? null : start + length),
        );
        expect(joinSilences(silences.toReversed(), 4)).toEqual(joinSilences(silences, 4));
      }),
    );
  });
});

import { KNOCK_NAMES_MAX, type KnockRecord } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { createPartitionReport, knockAcknowledged, nextKnock, noteTurnedAway, type PartitionReport } from './knock.ts';

const say = (report: PartitionReport, n = 1): KnockRecord =>
  nextKnock(report, { ingest: 'i', n, leaving: false, goodbye: false });
const refuseMany = (report: PartitionReport, from: number, to: number): void => {
  for (let i = from; i < to; i += 1) noteTurnedAway(report, `s${i}`, 'refused');
};

describe('nextKnock', () => {
  it('T3 says who knocks and how', () => {
    const report = createPartitionReport();
    expect(nextKnock(report, { ingest: 'i', n: 9, leaving: true, goodbye: false })).toEqual({
      type: 'knock',
      ingest: 'i',
      n: 9,
      leaving: true,
      goodbye: false,
      refused: 0,
      names: [],
    });
  });

  it('T3 names systems turned away once each, and counts 5xx beyond the names', () => {
    const report = createPartitionReport();
    noteTurnedAway(report, 'a', 'refused');
    noteTurnedAway(report, 'a', 'refused');
    noteTurnedAway(report, 'b', 'limited');
    noteTurnedAway(report, 'b', 'limited');
    expect(say(report)).toMatchObject({ refused: 0, names: ['a', 'b'] });
    refuseMany(report, 0, KNOCK_NAMES_MAX + 7);
    const knock = say(report);
    expect(knock.names).toHaveLength(KNOCK_NAMES_MAX);
    expect(knock.refused).toBe(8);
  });

  it('T3 a 429 never closes time, however many there are', () => {
    const report = createPartitionReport();
    for (let i = 0; i < 1_000; i += 1) noteTurnedAway(report, `s${i}`, 'limited');
    const knock = say(report);
    expect(knock.names).toHaveLength(KNOCK_NAMES_MAX);
    expect(knock.refused).toBe(0);
  });

  it('H42 names of the noisy give way to those we were deaf to', () => {
    const report = createPartitionReport();
    for (let i = 0; i < KNOCK_NAMES_MAX; i += 1) noteTurnedAway(report, `noisy${i}`, 'limited');
    refuseMany(report, 0, KNOCK_NAMES_MAX);
    const knock = say(report);
    expect(knock.refused).toBe(0);
    expect(knock.names?.every((name) => name.startsWith('s'))).toBe(true);
    refuseMany(report, 1_000, 1_001);
    expect(say(report).refused).toBe(1);
  });

  it('T3 a system that was limited and then refused counts as refused', () => {
    const report = createPartitionReport();
    noteTurnedAway(report, 's0', 'limited');
    noteTurnedAway(report, 's0', 'refused');
    refuseMany(report, 1, KNOCK_NAMES_MAX);
    noteTurnedAway(report, 's0', 'limited');
    noteTurnedAway(report, 'late', 'refused');
    expect(say(report)).toMatchObject({ refused: 1 });
  });

  it('T3 says again what was not acknowledged, with what came since', () => {
    const report = createPartitionReport();
    refuseMany(report, 0, KNOCK_NAMES_MAX + 2);
    expect(say(report, 1).refused).toBe(2);
    refuseMany(report, 100, 103);
    const again = say(report, 2);
    expect(again.names).toHaveLength(KNOCK_NAMES_MAX);
    expect(again.refused).toBe(5);
    knockAcknowledged(report);
    expect(say(report, 3)).toMatchObject({ refused: 0, names: [] });
  });

  it('T3 keeps what comes while a knock is under way for the next one', () => {
    const report = createPartitionReport();
    noteTurnedAway(report, 'before', 'refused');
    expect(say(report, 1).names).toEqual(['before']);
    noteTurnedAway(report, 'meanwhile', 'refused');
    knockAcknowledged(report);
    expect(say(report, 2).names).toEqual(['meanwhile']);
  });
});

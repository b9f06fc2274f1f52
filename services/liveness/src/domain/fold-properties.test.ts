import type { HeartbeatTopicRecord, Transition } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { createPartitionFold } from './create-partition-fold.ts';
import { checkAlternation, checkOpenSilence, checkRepetition, checkTime } from '../testing/fold-checks.ts';
import { isSame, sortedRows } from '../testing/fold-comparison.ts';
import { createWorld } from '../testing/fold-worlds.ts';
import type { FoldRecord } from './partition-fold.ts';
import { createReferenceFold } from '../testing/reference-fold.ts';

const WORLDS = Number(process.env['EARSHOT_WORLDS'] ?? 200);
const FROM = Number(process.env['EARSHOT_WORLDS_FROM'] ?? 1);
const TIMEOUT_MS = 10_000 + WORLDS * 100;

/** Records at these times, numbered as they come. */
const timeline = (
  ...entries: readonly (readonly [appendedAt: number, key: string | null, record: HeartbeatTopicRecord | null])[]
): readonly FoldRecord[] =>
  entries.map(([appendedAt, key, record], position) => ({ position, appendedAt, key, record }));

const START = 1_795_447_028_099;
const TTL = 15_000;
const heartbeat = { type: 'heartbeat', ttl_ms: TTL } as const;
const knock = (n: number): HeartbeatTopicRecord => ({ type: 'knock', ingest: 'ingest-1', n });

/** Knocks each second from START on, up to the last one before `end`, then one at `end`. */
const knocksUpTo = (end: number): readonly (readonly [number, null, HeartbeatTopicRecord])[] => {
  const times: number[] = [];
  for (let at = START; at < end; at += 1_000) times.push(at);
  return [...times, end].map((at, index) => [at, null, knock(1 + index)] as const);
};

describe.each([
  { which: 'the fold', create: createPartitionFold },
  { which: 'the reference', create: createReferenceFold },
])('$which', { timeout: TIMEOUT_MS }, ({ create }) => {
  const outcome = (records: readonly FoldRecord[]): readonly Transition[] => {
    const fold = create(0);
    return records.flatMap((record) => fold.fold(record).transitions);
  };
  const offlines = (records: readonly FoldRecord[]): number =>
    outcome(records).filter(({ to }) => to === 'offline').length;

  it.each([
    {
      title: 'G1 reports offline only after silence in open time, as knocks and heartbeats alone show',
      check: checkOpenSilence,
    },
    { title: 'G5 is not moved by repeated heartbeats and knocks', check: checkRepetition },
    { title: 'G6 alternates, with a gapless sequence per registration', check: checkAlternation },
    {
      title: 'T2 T5 moves time by records, back only when the clock is set back, never beyond what is proven',
      check: checkTime,
    },
  ])('$title', ({ check }) => {
    for (let seed = FROM; seed < FROM + WORLDS; seed += 1) expect(check(createWorld(seed), create)).toBeNull();
  });

  it.each([
    { knockAt: -1, verdicts: 0 },
    { knockAt: 0, verdicts: 1 },
    { knockAt: 1, verdicts: 1 },
  ])('T6 gives $verdicts verdicts when time is proven up to due $knockAt ms', ({ knockAt, verdicts }) => {
    const seen = START + 300;
    const [first, ...knocks] = knocksUpTo(seen + TTL + knockAt);
    const records = timeline(first!, [seen, 'a', heartbeat], ...knocks);
    expect(offlines(records)).toBe(verdicts);
  });

  it.each([-1, 0])(
    'T6 gives none for a heartbeat at due %i ms that is written before the knock that proves it',
    (by) => {
      const seen = START + 300;
      const [first, ...knocks] = knocksUpTo(seen + TTL);
      const last = knocks.pop()!;
      const records = timeline(first!, [seen, 'a', heartbeat], ...knocks, [seen + TTL + by, 'a', heartbeat], last);
      expect(offlines(records)).toBe(0);
    },
  );

  it('T6 gives one for a heartbeat at due +0 ms, written behind the knock that proves it', () => {
    const seen = START + 300;
    const [first, ...knocks] = knocksUpTo(seen + TTL);
    const records = timeline(first!, [seen, 'a', heartbeat], ...knocks, [seen + TTL, 'a', heartbeat]);
    expect(outcome(records).map(({ to, sequence }) => [to, sequence])).toEqual([
      ['online', 1],
      ['offline', 2],
      ['online', 3],
    ]);
  });

  it.each([
    { gapMs: 2_999, verdicts: 1 },
    { gapMs: 3_000, verdicts: 1 },
    { gapMs: 3_001, verdicts: 0 },
  ])('T4 gives $verdicts verdicts where one gap between knocks was $gapMs ms', ({ gapMs, verdicts }) => {
    const times = [START];
    for (let second = 1; second <= 15; second += 1) times.push(times.at(-1)! + (second === 8 ? gapMs : 1_000));
    const knocks = times.map((at, index) => [at, null, knock(1 + index)] as const);
    const records = timeline(knocks[0]!, [START, 'a', heartbeat], ...knocks.slice(1));
    expect(offlines(records)).toBe(verdicts);
  });

  it('T2 decides nothing while nothing arrives, and nothing by heartbeats alone', () => {
    const records = timeline(
      [START, null, knock(1)],
      [START, 'a', heartbeat],
      [START + 10 * TTL, 'b', heartbeat],
      [START + 20 * TTL, 'b', heartbeat],
    );
    expect(offlines(records)).toBe(0);
  });

  it('G7 decides the same whatever unreadable records lie between', () => {
    for (let seed = FROM; seed < FROM + Math.min(WORLDS, 50); seed += 1) {
      const [plain, strewn] = [create(0), create(0)];
      for (const { position, ...record } of createWorld(seed).records) {
        const effects = plain.fold({ ...record, position: 2 * position });
        expect(isSame(strewn.fold({ ...record, position: 2 * position }), effects)).toBe(true);
        strewn.fold({ position: 2 * position + 1, appendedAt: 0, key: null, record: null });
      }
      expect(isSame(sortedRows(strewn.rows()), sortedRows(plain.rows()))).toBe(true);
    }
  });
});

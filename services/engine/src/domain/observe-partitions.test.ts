import { describe, expect, it } from 'vitest';
import type { PartitionState } from '@earshot/contracts';
import {
  BEHIND_MS,
  type Motions,
  NOT_HEARD_MS,
  observePartitions,
  type PartitionSeen,
  type PartitionsObserved,
  presentPartition,
  UNOWNED_MS,
} from './observe-partitions.ts';

const WALL = 1_750_000_000_000;

const state = (members: Partial<PartitionState> = {}): PartitionState => ({
  position: 99,
  now: WALL,
  proven: WALL,
  openSince: WALL - 60_000,
  open: 60_000,
  lastKnock: WALL,
  hold: 'none',
  holdOpenedAt: null,
  holdClosedAt: null,
  listeners: [{ ingest: 'ingest-1', at: WALL, n: 7, timer: WALL, leaving: false }],
  ledger: [{ from: WALL - 90_000, to: WALL - 60_000, cause: 'vanished', ingest: 'ingest-0' }],
  ...members,
});

const seen = (members: Partial<PartitionSeen> = {}): PartitionSeen => ({
  partition: 0,
  state: state(),
  owner: 'liveness-1',
  committedAt: WALL,
  late: 2,
  held: 1,
  ...members,
});

interface Look {
  readonly seen?: readonly PartitionSeen[];
  readonly end?: number;
  readonly after: number;
  readonly wallNow?: number;
}

/** One look after the other, each at its monotonic instant; the last one's observation. */
const look = (looks: readonly Look[], partitions = 1): PartitionsObserved => {
  let motions: Motions = new Map();
  let observed: PartitionsObserved | undefined;
  for (const each of looks) {
    observed = observePartitions(motions, {
      partitions,
      seen: each.seen ?? [seen()],
      ends: new Map(each.end === undefined ? [] : [[0, each.end]]),
      monotonicNow: 1_000 + each.after,
      wallNow: each.wallNow ?? WALL,
    });
    motions = observed.motions;
  }
  if (observed === undefined) throw new Error('look at least once');
  return observed;
};

const condition = (looks: readonly Look[]): string | undefined => look(looks).partitions[0]?.condition;

describe('observePartitions', () => {
  it('G10 shows a partition as not heard as soon as proven has stood still for 5 s of our own clock', () => {
    expect(condition([{ after: 0 }, { after: NOT_HEARD_MS - 1 }])).toBe('listening');
    expect(condition([{ after: 0 }, { after: NOT_HEARD_MS }])).toBe('not_heard');
  });

  it('G10 counts from when proven moved last', () => {
    const moved = [seen({ state: state({ proven: WALL + 1 }) })];
    expect(condition([{ after: 0 }, { after: 4_000, seen: moved }, { after: 8_999, seen: moved }])).toBe('listening');
    expect(condition([{ after: 0 }, { after: 4_000, seen: moved }, { after: 9_000, seen: moved }])).toBe('not_heard');
  });

  it('G10 takes a partition for not heard at the first look already, if its proven time is old', () => {
    expect(condition([{ after: 0, wallNow: WALL + NOT_HEARD_MS }])).toBe('listening');
    expect(condition([{ after: 0, wallNow: WALL + NOT_HEARD_MS + 1 }])).toBe('not_heard');
  });

  it('G10 looks for the first time at a partition when the projection has it again', () => {
    const gone = { after: 0, seen: [] };
    const old = { after: 1_000, wallNow: WALL + NOT_HEARD_MS + 1 };
    expect(condition([gone, old])).toBe('not_heard');
    const moved = { ...old, after: 2_000, seen: [seen({ state: state({ proven: WALL + 1 }) })] };
    expect(condition([gone, old, moved])).toBe('listening');
  });

  it('G10 shows a partition as unowned after 10 s without a commit while records arrive', () => {
    expect(
      condition([
        { after: 0, end: 100 },
        { after: UNOWNED_MS, end: 101 },
      ]),
    ).toBe('unowned');
    expect(
      condition([
        { after: 0, end: 100 },
        { after: UNOWNED_MS - 1, end: 101 },
      ]),
    ).toBe('not_heard');
    expect(
      condition([
        { after: 0, end: 100 },
        { after: UNOWNED_MS, end: 100 },
      ]),
    ).toBe('not_heard');
  });

  it('G10 does not take a partition for unowned that is committed to, however far the log runs ahead', () => {
    const commits = [0, 4_000, 8_000, 12_000].map((after) => ({
      after,
      end: 100 + after,
      seen: [seen({ committedAt: WALL + after, state: state({ proven: WALL + after }) })],
    }));
    expect(condition(commits)).toBe('listening');
  });

  it('G10 shows a partition that the projection does not have as rebuilding, and knows no time for all', () => {
    const observed = look([{ after: 0 }], 2);
    expect(observed.partitions.map((one) => one.condition)).toEqual(['listening', 'rebuilding']);
    expect(observed.proven).toBeNull();
  });

  it('G10 answers for the partition that is furthest behind', () => {
    const behind = seen({ partition: 1, state: state({ proven: WALL - 7 }) });
    expect(look([{ after: 0, seen: [seen(), behind] }], 2).proven).toBe(WALL - 7);
  });

  it('shows a partition as behind whose proven time moves, but far from the present', () => {
    const moving = (behindMs: number): readonly Look[] => [
      { after: 0 },
      { after: 1_000, wallNow: WALL + 1 + behindMs, seen: [seen({ state: state({ proven: WALL + 1 }) })] },
    ];
    expect(condition(moving(BEHIND_MS))).toBe('listening');
    expect(condition(moving(BEHIND_MS + 1))).toBe('behind');
  });

  it('shows a partition as closed while its open stretch has no length, or nobody has ever knocked', () => {
    expect(condition([{ after: 0, seen: [seen({ state: state({ openSince: WALL }) })] }])).toBe('closed');
    expect(condition([{ after: 0, seen: [seen({ state: state({ openSince: WALL - 1 }) })] }])).toBe('listening');
    expect(condition([{ after: 0, seen: [seen({ state: state({ proven: 0, openSince: 0 }) })] }])).toBe('closed');
  });
});

describe('presentPartition', () => {
  const present = (looks: readonly Look[]) => look(looks).partitions.map(presentPartition)[0];

  it('tells times, owner, listeners, lag, and the newest outage with its cause and ingest', () => {
    expect(present([{ after: 0, end: 103, wallNow: WALL + 2_500 }])).toEqual({
      partition: 0,
      condition: 'listening',
      behind_seconds: 2.5,
      behind_records: 3,
      now: '2025-06-15T15:06:40.000Z',
      proven: '2025-06-15T15:06:40.000Z',
      open: true,
      owner: 'liveness-1',
      listeners: ['ingest-1'],
      hold: 'none',
      late: 2,
      held: 1,
      outage: {
        from: '2025-06-15T15:05:10.000Z',
        to: '2025-06-15T15:05:40.000Z',
        cause: 'vanished',
        ingest: 'ingest-0',
      },
    });
  });

  it('G10 never shows a partition as open that stands still', () => {
    expect(present([{ after: 0 }, { after: NOT_HEARD_MS }])).toMatchObject({ condition: 'not_heard', open: false });
  });

  it('G10 shows no partition as open at the first look that is closed for long', () => {
    expect(present([{ after: 0, wallNow: WALL + 60_000 }])).toMatchObject({ condition: 'not_heard', open: false });
  });

  it('shows nothing of a partition that is not there', () => {
    expect(present([{ after: 0, seen: [], end: 5 }])).toMatchObject({
      condition: 'rebuilding',
      proven: null,
      open: false,
      behind_records: 5,
    });
  });
});

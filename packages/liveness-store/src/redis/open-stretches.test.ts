import type { PartitionState } from '@earshot/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NOW, OPEN_SINCE, stateAt } from '../conformance/samples.ts';
import {
  continueStretches,
  dropUnusedStretches,
  needsMeasuring,
  OPEN_STRETCHES_MAX,
  type OpenStretches,
  openAtOf,
  stretchesOfLedger,
} from './open-stretches.ts';

const NOTHING: OpenStretches = { stretches: [], sinceMax: Number.MIN_SAFE_INTEGER };

/** A partition whose time moves as the fold moves it. */
class World {
  now = 0;
  proven = 0;
  openSince = 0;
  open = 0;
  ledger: PartitionState['ledger'] = [];

  /** What the fold notes for a heartbeat now. */
  openAtNow(): number {
    return this.open + Math.max(0, this.now - Math.max(this.proven, this.openSince));
  }

  prove(to: number): void {
    this.open += Math.max(0, to - Math.max(this.proven, this.openSince));
    this.proven = Math.max(this.proven, to);
  }

  close(): void {
    this.ledger = [...this.ledger, { from: this.proven, to: this.now, cause: 'not_heard', ingest: '' }];
    this.openSince = this.now;
  }

  setBack(to: number): void {
    this.ledger = [...this.ledger, { from: to, to, cause: 'clock_set_back', ingest: '' }];
    this.now = to;
    this.proven = to;
    this.openSince = to;
  }

  state(): PartitionState {
    const { now, proven, openSince, open, ledger } = this;
    return stateAt(0, { now, proven, openSince, open, ledger });
  }
}

type Move = { readonly kind: 'beat' | 'knock' | 'behind' | 'close' | 'back' | 'commit'; readonly ms: number };

const moves = fc.array(
  fc.record({
    kind: fc.constantFrom(
      'beat',
      'beat',
      'beat',
      'knock',
      'behind',
      'close',
      'commit',
      'commit',
      'back',
    ) as fc.Arbitrary<Move['kind']>,
    ms: fc.oneof(fc.constantFrom(0, 1), fc.nat(5_000)),
  }),
  { minLength: 1, maxLength: 80 },
);

const applyMove = (world: World, { kind, ms }: Move): void => {
  if (kind === 'back') return world.setBack(Math.max(0, world.now - ms));
  world.now += ms;
  if (kind === 'close') world.close();
  if (kind === 'close' || kind === 'knock') world.prove(world.now);
  // Another listener lags, so that the next outage begins before the end of the one before.
  if (kind === 'behind') world.prove(Math.max(world.proven, world.now - 2_000));
};

interface Stored {
  readonly since: number;
  readonly openAt: number;
  readonly follows: boolean;
}

/** Plays moves, storing heartbeats at each commit, and calls `check` after it. */
const play = (
  world: World,
  steps: readonly Move[],
  check: (known: OpenStretches, stored: readonly Stored[]) => void,
) => {
  let known: OpenStretches | null = null;
  const stored: Stored[] = [];
  let heard: { since: number; openAt: number }[] = [];
  for (const step of steps) {
    applyMove(world, step);
    if (step.kind === 'beat') heard.push({ since: world.now, openAt: world.openAtNow() });
    if (step.kind !== 'commit') continue;
    known = known === null ? stretchesOfLedger(world.state()) : continueStretches(known, world.state());
    for (const beat of heard) {
      stored.push({ ...beat, follows: openAtOf(known.stretches, beat.since) === beat.openAt });
      known = { ...known, sinceMax: Math.max(known.sinceMax, beat.since) };
    }
    heard = [];
    check(known, stored);
  }
};

describe('open stretches', () => {
  it('P1 P4 what follows from since when it is stored follows from it after whatever comes later', () => {
    fc.assert(
      fc.property(moves, (steps) => {
        play(new World(), steps, (known, stored) => {
          for (const { since, openAt, follows } of stored) {
            if (follows) expect(openAtOf(known.stretches, since)).toBe(openAt);
          }
        });
      }),
      { numRuns: 2_000 },
    );
  });

  it('P4 every heartbeat follows where commits are never further apart than closings', () => {
    const steps = Array.from({ length: 200 }, (_, index): Move[] => [
      { kind: 'beat', ms: 400 },
      { kind: index % 3 === 0 ? 'close' : 'knock', ms: 600 },
      { kind: 'beat', ms: 1 },
      { kind: 'commit', ms: 0 },
    ]).flat();
    let explicit = 0;
    play(new World(), steps, (_, stored) => {
      explicit = stored.filter(({ follows }) => !follows).length;
    });
    expect(explicit).toBe(0);
  });

  it('P1 a heartbeat stays what it was when the stretch it came in is closed afterwards', () => {
    const world = new World();
    world.now = 1_000;
    world.prove(1_000);
    world.now = 1_500;
    const openAt = world.openAtNow();
    const before = continueStretches(NOTHING, world.state());
    expect(openAtOf(before.stretches, 1_500)).toBe(openAt);
    world.now = 6_000;
    world.close();
    world.prove(6_000);
    const after = continueStretches({ ...before, sinceMax: 1_500 }, world.state());
    expect(openAtOf(after.stretches, 1_500)).toBe(openAt);
    expect(openAtOf(after.stretches, 6_500)).toBe(world.open + 500);
    // Of the time since 1,000 nothing was open, as is known by now; what the fold noted stays all the same.
    expect([world.open, openAt]).toEqual([1_000, 1_500]);
  });

  it('P4 nothing is added while open time goes on', () => {
    const known = continueStretches(NOTHING, stateAt(1));
    const later = stateAt(2, { now: NOW + 9_000, proven: NOW + 9_000, open: NOW + 9_000 - OPEN_SINCE });
    expect(continueStretches(known, later)).toBe(known);
  });

  it('P4 a ledger gives open time of systems heard in any of its open stretches', () => {
    const ledger = [
      { from: 1_000, to: 3_000, cause: 'vanished' as const, ingest: '' },
      { from: 7_000, to: 8_000, cause: 'vanished' as const, ingest: '' },
    ];
    const { stretches } = stretchesOfLedger(
      stateAt(1, { now: 9_000, proven: 9_000, openSince: 8_000, open: 6_000, ledger }),
    );
    expect([500, 3_000, 6_999, 8_000, 9_000].map((since) => openAtOf(stretches, since))).toEqual([
      500, 1_000, 4_999, 5_000, 6_000,
    ]);
  });

  it('P4 time that is kept closed in advance has one open time', () => {
    const world = new World();
    world.now = 1_000;
    world.openSince = 31_000;
    const { stretches } = continueStretches(NOTHING, world.state());
    expect([1_000, 20_000, 31_000, 31_001].map((since) => openAtOf(stretches, since))).toEqual([0, 0, 0, 1]);
  });

  it('G12 entries are bounded, and full ones change nothing', () => {
    const world = new World();
    let known = NOTHING;
    for (let closing = 0; closing <= OPEN_STRETCHES_MAX + 10; closing += 1) {
      world.now += 5_000;
      world.close();
      world.prove(world.now);
      known = { ...continueStretches(known, world.state()), sinceMax: world.now };
      world.now += 1_000;
      world.prove(world.now);
    }
    expect(known.stretches).toHaveLength(OPEN_STRETCHES_MAX);
    expect(needsMeasuring(known, world.state())).toBe(true);
    const lowest = known.stretches[900]!.from + 1;
    const dropped = dropUnusedStretches(known, { lowest, highest: world.now });
    expect(dropped.stretches).toEqual(known.stretches.slice(900));
    expect(continueStretches(dropped, world.state()).stretches).toHaveLength(101);
  });

  it('T5 after the clock was set back, what nobody rests on is replaced', () => {
    const world = new World();
    world.now = 10_000;
    world.close();
    world.prove(10_000);
    const ahead = continueStretches({ ...NOTHING, sinceMax: 9_000 }, world.state());
    world.setBack(5_000);
    expect(needsMeasuring({ ...ahead, sinceMax: 10_000 }, world.state())).toBe(true);
    const measured = dropUnusedStretches(ahead, { lowest: 4_000, highest: 4_500 });
    const after = continueStretches(measured, world.state());
    expect(openAtOf(after.stretches, 6_000)).toBe(world.open + 1_000);
  });
});

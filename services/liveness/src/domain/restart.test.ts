import { LISTENER_LEAVE_MS, TOMBSTONE_MS } from '@earshot/contracts';
import type { PartitionState } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { createPartitionFold } from './create-partition-fold.ts';
import { inShort, START, timeline, TTL, type Timeline } from '../testing/fold-timeline.ts';
import type { CurrentSettings, FoldEffects, KnownSystem, PartitionFold } from './partition-fold.ts';
import { rebuildPartitionFold } from './rebuild-partition-fold.ts';

/**
 * A story with everything in it: outages, a hold, pauses, retirements, a clock set back, several ttls, a listener
 * lost.
 */
const eventful = (): Timeline => {
  const story = timeline();
  const beat = (count: number, at: number): void => {
    for (let i = 0; i < count; i += 1) story.heartbeat(`s${i}`, at + (i % 3), { ttl_ms: i % 2 === 0 ? TTL : TTL / 2 });
  };
  story.heartbeat('early', START - 500);
  story.knock('i1', START);
  story.knock('i2', START + 200);
  beat(30, START + 300);
  story.listen(START + 1_000, START + 10_000);
  story.change('s1', START + 10_100, { paused: true, revision: 2 });
  story.change('s2', START + 10_100, { retired: true, revision: 2 });
  story.knock('i2', START + 10_200, { names: ['s3'], refused: 1 });
  beat(25, START + 10_200);
  story.listen(START + 11_000, START + 60_000);
  story.heartbeat('s2', START + 60_100, { revision: 3 });
  story.change('s1', START + 60_200, { revision: 3 });
  story.listen(START + 61_000, START + 80_000);
  beat(5, START + 80_500);
  story.knock('i1', START + 100_000, { leaving: true });
  story.listen(START + 101_000, START + 130_000);
  story.knock('i1', START + 110_000);
  beat(12, START + 110_500);
  story.listen(START + 111_000, START + 165_000);
  story.release(START + 165_100);
  story.listen(START + 166_000, START + 300_000);
  return story;
};

const everything = (fold: PartitionFold): unknown => ({
  state: fold.state(),
  counts: fold.counts(),
  rows: [...fold.rows()].toSorted((a, b) => (a.systemId < b.systemId ? -1 : 1)),
});

const told = (effects: FoldEffects): unknown => ({
  ...effects,
  transitions: effects.transitions.toSorted((a, b) => (a.systemId < b.systemId ? -1 : 1)),
});

describe('G7 restart is silent', () => {
  it('G7 stopped and continued before every record, the fold is as if it had never stopped', () => {
    const { records } = eventful();
    const steady = createPartitionFold(7);
    const stopping = timeline();
    for (const record of records) {
      stopping.restart();
      expect(told(stopping.fold.fold(record))).toEqual(told(steady.fold(record)));
      expect(everything(stopping.fold)).toEqual(everything(steady));
    }
  });

  it.each([3, 7, 50])('G7 also when stopped only before every %ith record', (every) => {
    const { records } = eventful();
    const steady = createPartitionFold(7);
    const stopping = timeline();
    for (const record of records) {
      if (record.position % every === 0) stopping.restart();
      expect(told(stopping.fold.fold(record))).toEqual(told(steady.fold(record)));
    }
    expect(everything(stopping.fold)).toEqual(everything(steady));
  });

  it('G7 the story that proves it has everything in it', () => {
    const { fold, events, transitions } = eventful();
    expect(new Set(fold.state().ledger.map(({ cause }) => cause)).size).toBeGreaterThan(3);
    expect(new Set(events.map(({ event }) => event)).size).toBe(3);
    expect(new Set(transitions.map(({ evidence }) => evidence.rule))).toEqual(new Set([null, 'contiguous']));
    expect(transitions.some(({ evidence }) => evidence.heldMs > 0)).toBe(true);
  });

  it('G7 V1 systems retired before the restart are forgotten in the order in which they were retired', () => {
    const story = timeline();
    story.knock('i1', START);
    for (let i = 0; i < 5; i += 1) story.change(`s${(i * 2) % 5}`, START + i * 1_000, { retired: true });
    story.restart();
    story.knock('i1', START + 2_000 + TOMBSTONE_MS);
    expect([...story.fold.rows()].map(({ systemId }) => systemId).toSorted()).toEqual(['s1', 's3', 's4']);
  });

  it('P1 an empty fold is stored and made again', () => {
    const state: PartitionState = createPartitionFold(3).state();
    expect(createPartitionFold(3, { state, systems: [] }).state()).toEqual(state);
    expect(state).toMatchObject({ position: -1, now: 0, hold: 'none', listeners: [], ledger: [] });
  });
});

const known = (systemId: string, members: Partial<KnownSystem> = {}): KnownSystem => ({
  systemId,
  fleet: '',
  ttlMs: TTL,
  revision: 3,
  paused: false,
  retired: false,
  mutedTo: members.published?.position ?? -1,
  published: null,
  ...members,
});
const published = (state: 'online' | 'offline', position: number): KnownSystem['published'] => ({
  state,
  position,
  sequence: 5,
  registration: 2,
});

describe('S4 rebuild without a projection', () => {
  const start = { position: 100, appendedAt: START };

  it('S4 every system is as last published, and counts as heard at the start of the log', () => {
    const fold = rebuildPartitionFold(7, start, [
      known('a', { fleet: 'rome', published: published('online', 50) }),
      known('b', { published: published('offline', 60), paused: true }),
      known('c'),
      known('d', { retired: true }),
    ]);
    expect(fold.position).toBe(99);
    expect(fold.row('a')).toEqual({
      systemId: 'a',
      fleet: 'rome',
      ttlMs: TTL,
      ttlRevision: 3,
      revision: 3,
      registration: 2,
      state: 'online',
      paused: false,
      retiredAt: null,
      lastSeen: START,
      since: START,
      openAt: 0,
      sequence: 5,
      mutedTo: 50,
      credential: '',
    });
    expect(fold.row('b')).toMatchObject({ state: 'offline', paused: true, mutedTo: 60 });
    expect(fold.row('c')).toMatchObject({ state: 'unseen', lastSeen: null, sequence: 0, registration: 3, mutedTo: -1 });
    expect(fold.row('d')).toMatchObject({ retiredAt: START });
    expect(fold.counts()).toEqual({ systems: 3, unseen: 1, online: 1, offline: 1, paused: 1 });
  });

  it('S4 no transition is given again up to what is published; the next one goes on from its number', () => {
    const story = timeline(
      rebuildPartitionFold(7, start, [
        known('gone', { published: published('offline', 165) }),
        known('there', { published: published('online', 170) }),
      ]),
    );
    story.knock('i1', START);
    story.heartbeat('gone', START + 10);
    expect(story.fold.row('gone')).toMatchObject({ state: 'offline', lastSeen: START + 10 });
    story.listen(START + 1_000, START + 68_000); // both are silent for longer than their ttl
    expect([story.fold.position, story.transitions]).toEqual([169, []]);
    story.heartbeat('there', START + 68_100);
    expect(story.transitions).toEqual([]);
    story.heartbeat('gone', START + 68_200);
    story.listen(START + 69_000, START + 140_000);
    expect(inShort(story)).toEqual(['gone offline 7', 'gone online 6', 'there offline 6']);
  });

  it.each([
    [102, 'offline'],
    [101, 'online'],
  ])('S4 published up to %i, a heartbeat at 102 leaves the system %s', (position, state) => {
    const story = timeline(rebuildPartitionFold(7, start, [known('a', { published: published('offline', position) })]));
    story.listen(START, START + 1_000);
    story.heartbeat('a', START + 1_000);
    expect(story.fold.position).toBe(102);
    expect(story.fold.row('a')?.state).toBe(state);
  });

  it('S4 a system that is due when its muting ends is judged then, if nothing was heard', () => {
    const story = timeline(rebuildPartitionFold(7, start, [known('a', { published: published('online', 195) })]));
    story.listen(START, START + 95_000);
    expect([story.fold.position, story.transitions]).toEqual([195, []]);
    story.knock('i1', START + 96_000);
    expect(inShort(story)).toEqual(['a offline 6']);
  });

  it('S4 V5 muted systems are late like others, and can open a hold', () => {
    const muted = Array.from({ length: 10 }, (_, i) => known(`s${i}`, { published: published('online', 10_000) }));
    const story = timeline(rebuildPartitionFold(7, start, muted));
    story.listen(START, START + LISTENER_LEAVE_MS + TTL);
    expect(story.events.at(-1)).toMatchObject({ event: 'fleet-silence-opened', late: 10, listed: 10 });
    story.listen(START + LISTENER_LEAVE_MS + TTL + 1_000, START + 4 * TTL);
    expect(story.transitions).toEqual([]);
  });

  it('S4 G7 a rebuilt fold too goes on after a restart as if it had not stopped', () => {
    const systems = Array.from({ length: 8 }, (_, i) =>
      known(`s${i}`, { published: published('online', 120 + i * 20), ttlMs: TTL / 2 }),
    );
    const steady = timeline(rebuildPartitionFold(7, start, systems));
    steady.listen(START, START + 20_000);
    steady.heartbeat('s7', START + 20_500);
    steady.listen(START + 21_000, START + 200_000);
    const stopping = timeline(rebuildPartitionFold(7, start, systems));
    for (const record of steady.records) {
      stopping.restart();
      stopping.fold.fold(record);
    }
    expect(everything(stopping.fold)).toEqual(everything(steady.fold));
    expect(steady.fold.counts().offline).toBe(8);
  });

  it('S4 V1 a muted system that is retired meanwhile stays so, and can come anew', () => {
    const story = timeline(rebuildPartitionFold(7, start, [known('a', { published: published('online', 110) })]));
    story.change('a', START, { revision: 9, retired: true });
    story.listen(START, START + 20_000);
    story.heartbeat('a', START + 20_000, { revision: 10 });
    expect(story.fold.row('a')).toMatchObject({ state: 'online', sequence: 1, mutedTo: 110 });
  });
});

describe('S2 no ground', () => {
  const settings = (systemId: string, members: Partial<CurrentSettings> = {}): CurrentSettings => ({
    systemId,
    fleet: '',
    ttlMs: TTL,
    revision: 0,
    paused: false,
    retired: false,
    mutedTo: -1,
    ...members,
  });

  it('S2 the loss is an outage up to the leave time after the oldest record, under a position that was lost', () => {
    const story = timeline();
    story.listen(START, START + 5_000);
    const { events } = story.fold.loseGround({ position: 900, appendedAt: START + 9_000_000 }, []);
    expect(events).toEqual([
      {
        id: '7/899/outage-recorded',
        position: 899,
        at: START + 9_000_000,
        event: 'outage-recorded',
        outage: { from: START + 5_000, to: START + 9_000_000 + LISTENER_LEAVE_MS, cause: 'records_lost', ingest: '' },
      },
    ]);
    expect(story.fold.state()).toMatchObject({
      position: 899,
      listeners: [],
      openSince: START + 9_000_000 + LISTENER_LEAVE_MS,
      open: 5_000,
    });
  });

  it('S2 every silence counts from the oldest record; state, sequence and last_seen stay', () => {
    const story = timeline();
    story.knock('i1', START);
    story.heartbeat('a', START + 100);
    story.heartbeat('b', START + 100);
    story.listen(START + 1_000, START + 40_000);
    const oldest = START + 9_000_000;
    story.fold.loseGround({ position: 900, appendedAt: oldest }, []);
    expect(story.fold.row('a')).toMatchObject({ since: oldest, openAt: 40_000, lastSeen: START + 100, sequence: 1 });
    const due = oldest + LISTENER_LEAVE_MS + TTL;
    story.listen(oldest, due - 1);
    expect(story.fold.row('a')?.state).toBe('online');
    story.listen(due, due);
    expect(inShort(story)).toEqual(['a offline 2', 'a online 1', 'b offline 2', 'b online 1']);
    expect(story.fold.takeChanges().systems).toHaveLength(2);
  });

  it('S2 settings are the registry’s; an older revision changes nothing', () => {
    const story = timeline();
    story.knock('i1', START);
    for (const id of ['ttl', 'paused', 'retired', 'newer']) story.heartbeat(id, START, { revision: 5 });
    story.fold.loseGround({ position: 900, appendedAt: START + 9_000 }, [
      settings('ttl', { revision: 6, ttlMs: 2 * TTL, fleet: 'oslo' }),
      settings('paused', { revision: 6, paused: true }),
      settings('retired', { revision: 6, retired: true }),
      settings('newer', { revision: 4, ttlMs: 2 * TTL }),
      settings('unknown', { revision: 6 }),
    ]);
    expect(story.fold.row('ttl')).toMatchObject({ ttlMs: 2 * TTL, fleet: 'oslo', state: 'online' });
    expect(story.fold.row('paused')).toMatchObject({ paused: true, state: 'online' });
    expect(story.fold.row('retired')).toMatchObject({ retiredAt: START + 9_000 });
    expect(story.fold.row('newer')).toMatchObject({ ttlMs: TTL, revision: 5 });
    expect(story.fold.row('unknown')).toMatchObject({ state: 'unseen', since: START + 9_000 });
  });

  it('S2 T5 where the clock was set back in what is lost, time is closed no less', () => {
    const story = timeline();
    story.knock('i1', START);
    story.heartbeat('a', START);
    story.listen(START + 1_000, START + 20_000);
    story.fold.loseGround({ position: 900, appendedAt: START - LISTENER_LEAVE_MS }, []);
    expect(story.fold.state()).toMatchObject({ proven: START + 20_000, openSince: START + 20_000 });
    expect(story.fold.state().ledger.at(-1)).toMatchObject({ from: START + 20_000, to: START + 20_000 });
  });

  it('S2 the open stretch never begins earlier than it did', () => {
    const story = timeline();
    story.knock('i1', START);
    story.knock('i2', START);
    story.knock('i1', START + 10_000);
    story.fold.loseGround({ position: 900, appendedAt: START + 8_000 - LISTENER_LEAVE_MS }, []);
    expect(story.fold.state()).toMatchObject({ proven: START, openSince: START + 10_000 });
  });
});

describe('G1 a stretch written under settings that nobody knows any more', () => {
  const SHORT = 15_000;

  it('G1 S4 is not judged by those of now: nothing is said up to the end there was', () => {
    const online = { position: 50, sequence: 1, registration: 0, state: 'online' } as const;
    const longer = known('a', { ttlMs: SHORT, revision: 9, published: online, mutedTo: 200 });
    const story = timeline(rebuildPartitionFold(7, { position: 100, appendedAt: START }, [longer]));
    story.listen(START, START + 100_000); // paused, or patient with it, by a revision that is stale now
    expect([story.fold.position, story.transitions]).toEqual([200, []]);
    story.listen(START + 101_000, START + 101_000);
    expect(inShort(story)).toEqual(['a offline 2']);
  });

  it('G1 S2 is not judged by those of now where ground was lost', () => {
    const story = timeline();
    story.knock('i1', START);
    story.heartbeat('a', START);
    story.fold.loseGround({ position: 900, appendedAt: START + 9_000 }, [
      { systemId: 'a', fleet: '', ttlMs: SHORT, revision: 9, paused: false, retired: false, mutedTo: 1_000 },
    ]);
    story.listen(START + 9_000, START + 109_000);
    expect([story.fold.position, inShort(story)]).toEqual([1_000, ['a online 1']]);
    story.listen(START + 110_000, START + 110_000);
    expect(inShort(story)).toEqual(['a offline 2', 'a online 1']);
  });
});

describe('G1 an ingest that ended just before an owner’s ground still has its leave time', () => {
  const SHORT = 15_000;
  /** Its last heartbeat went to an ingest that died before `START`; within the leave time it has found the other one. */
  const moveTo = (story: Timeline): void => {
    story.listen(START, START + LISTENER_LEAVE_MS);
    story.heartbeat('a', START + LISTENER_LEAVE_MS, { ttl_ms: SHORT });
    story.listen(START + LISTENER_LEAVE_MS + 1_000, START + LISTENER_LEAVE_MS + SHORT - 1_000);
  };

  it('G1 S4 after a rebuild', () => {
    const known: KnownSystem = {
      systemId: 'a',
      fleet: '',
      ttlMs: SHORT,
      revision: 0,
      paused: false,
      retired: false,
      mutedTo: -1,
      published: null,
    };
    const online = { position: 50, sequence: 1, registration: 0, state: 'online' } as const;
    const story = timeline(
      rebuildPartitionFold(7, { position: 100, appendedAt: START }, [{ ...known, published: online }]),
    );
    moveTo(story);
    expect(story.transitions).toEqual([]);
    expect(story.fold.state().ledger).toMatchObject([{ to: START + LISTENER_LEAVE_MS, cause: 'records_lost' }]);
  });

  it('G1 S2 after records were lost unread', () => {
    const story = timeline();
    story.knock('i0', START - 100_000);
    story.heartbeat('a', START - 100_000, { ttl_ms: SHORT });
    story.fold.loseGround({ position: 900, appendedAt: START }, []);
    moveTo(story);
    expect(inShort(story)).toEqual(['a online 1']);
  });

  it('S4 a log kept from its first record on is open at once: nobody can have listened before it', () => {
    const story = timeline(rebuildPartitionFold(7, { position: 0, appendedAt: START }, []));
    story.knock('i1', START);
    story.knock('i1', START + 1_000);
    expect(story.fold.state()).toMatchObject({ openSince: START, open: 1_000 });
  });
});

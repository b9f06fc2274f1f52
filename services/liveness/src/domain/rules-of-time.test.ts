import { CLOCK_BACK_MS, KNOCK_GAP_MS, LEDGER_OUTAGES_MAX, LISTENER_LEAVE_MS } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { inShort, START, timeline, TTL, type Timeline } from '../testing/fold-timeline.ts';

/** Ingest i1 listens from START on, so that time is open from there. */
const listening = (): Timeline => {
  const story = timeline();
  story.knock('i1', START);
  return story;
};

const causes = (story: Timeline): readonly string[] =>
  story.fold
    .state()
    .ledger.map(({ from, to, cause, ingest }) => `${from - START}..${to - START} ${cause} ${ingest}`.trim());

describe('T2 time moves by records only', () => {
  it('T2 now is the largest appendedAt seen', () => {
    const story = listening();
    story.unreadable(START + 500);
    story.heartbeat('a', START + 200);
    expect(story.fold.now).toBe(START + 500);
    expect(story.fold.row('a')?.lastSeen).toBe(START + 500);
  });

  it('T2 a record that no schema fits moves position and now, and nothing else', () => {
    const story = listening();
    const before = story.fold.state();
    expect(story.unreadable(START + 900)).toEqual({ transitions: [], events: [], ignored: null });
    expect(story.fold.state()).toEqual({ ...before, position: 1, now: START + 900 });
  });

  it('T2 records about a system that name none change nothing', () => {
    const story = listening();
    story.fold.fold({ position: 5, appendedAt: START, key: null, record: { type: 'heartbeat', ttl_ms: TTL } });
    story.fold.fold({ position: 6, appendedAt: START, key: null, record: { type: 'system', ttl_ms: TTL } });
    expect(story.fold.counts().systems).toBe(0);
    expect(story.fold.position).toBe(6);
  });

  it('T2 a position that is not the next one or later is refused', () => {
    const story = listening();
    expect(() => story.fold.fold({ position: 0, appendedAt: START, key: null, record: null })).toThrow('record 0');
  });
});

describe('T3 knocks', () => {
  it('T3 a repeated knock proves nothing', () => {
    const story = listening();
    story.knock('i1', START + 1_000, { n: 5 });
    expect(story.knock('i1', START + 2_000, { n: 5 }).ignored).toBe('repeated_knock');
    expect(story.knock('i1', START + 2_000, { n: 4 }).ignored).toBe('repeated_knock');
    expect(story.fold.proven).toBe(START + 1_000);
    story.knock('i1', START + 2_000, { n: 6 });
    expect(story.fold.proven).toBe(START + 2_000);
  });

  it('T3 a named system begins a fresh ttl, one that is unknown is passed over', () => {
    const story = listening();
    story.heartbeat('a', START);
    story.listen(START + 1_000, START + 29_000);
    story.knock('i1', START + 30_000, { names: ['a', 'nobody'] });
    expect(story.fold.row('a')).toMatchObject({ lastSeen: START, since: START + 30_000 });
    story.listen(START + 31_000, START + 30_000 + TTL - 1);
    expect(story.transitions).toHaveLength(1);
    story.knock('i1', START + 30_000 + TTL);
    expect(inShort(story)).toEqual(['a offline 2', 'a online 1']);
  });
});

describe('T4 proven, open and closed', () => {
  it('T4 the first knock closes everything before it', () => {
    const story = timeline();
    story.heartbeat('a', START - 10);
    const { events } = story.knock('i1', START);
    expect(events).toEqual([
      {
        id: '7/1/outage-recorded',
        position: 1,
        at: START,
        event: 'outage-recorded',
        outage: { from: 0, to: START, cause: 'nobody_listened', ingest: '' },
      },
    ]);
    expect(story.fold.state()).toMatchObject({ openSince: START, proven: START, open: 0 });
  });

  it('T4 proven is the oldest among the newest knocks of all listeners', () => {
    const story = listening();
    story.knock('i2', START + 100);
    story.knock('i1', START + 1_000);
    expect(story.fold.proven).toBe(START + 100);
    story.knock('i2', START + 1_100);
    expect(story.fold.proven).toBe(START + 1_000);
  });

  it.each([
    [KNOCK_GAP_MS - 1, 1],
    [KNOCK_GAP_MS, 1],
    [KNOCK_GAP_MS + 1, 2],
  ])('T4 after %i ms between two knocks of an ingest there are %i outages', (gap, outages) => {
    const story = listening();
    story.knock('i1', START + 1_000);
    story.knock('i2', START + 1_000);
    story.knock('i2', START + 1_000 + KNOCK_GAP_MS - 10);
    story.knock('i1', START + 1_000 + gap);
    expect(story.fold.state().ledger).toHaveLength(outages);
    if (outages === 2) expect(causes(story)[1]).toBe(`1000..${1_000 + gap} not_heard i1`);
  });

  it('T4 heartbeats turned away without a name close time', () => {
    const story = listening();
    story.knock('i1', START + 1_000);
    story.knock('i1', START + 2_000, { refused: 1 });
    expect(causes(story)[1]).toBe('1000..2000 turned_away i1');
    expect(story.fold.state()).toMatchObject({ openSince: START + 2_000, open: 1_000 });
  });

  it.each([
    [LISTENER_LEAVE_MS - 1, 'i2 stays'],
    [LISTENER_LEAVE_MS, 'i2 stays'],
    [LISTENER_LEAVE_MS + 1, 'i2 vanished'],
  ])('T4 %i ms after its last knock, while others knock: %s', (silence, outcome) => {
    const story = listening();
    story.knock('i2', START);
    story.listen(START + 1_000, START + silence);
    const vanished = story.fold.state().listeners.every(({ ingest }) => ingest === 'i1');
    expect(vanished ? 'i2 vanished' : 'i2 stays').toBe(outcome);
    expect(story.fold.proven).toBe(vanished ? START + silence : START);
    if (vanished) expect(causes(story).at(-1)).toBe(`${-START}..${silence} nobody_listened`);
  });

  it('T4 a listener given up is an outage with its name', () => {
    const story = listening();
    story.listen(START + 1_000, START + 5_000);
    story.knock('i2', START + 5_000);
    story.listen(START + 6_000, START + 5_001 + LISTENER_LEAVE_MS);
    expect(causes(story).at(-1)).toBe(`5000..${5_001 + LISTENER_LEAVE_MS} vanished i2`);
  });

  it('T4 while nobody knocks nobody is given up', () => {
    const story = listening();
    story.knock('i2', START);
    story.knock('i1', START + 2 * LISTENER_LEAVE_MS);
    expect(story.fold.state().listeners).toHaveLength(2);
    expect(story.fold.proven).toBe(START);
  });

  it('T4 after exactly the gap of nobody knocking a listener may be given up', () => {
    const story = listening();
    for (const ingest of ['i1', 'i2', 'i3']) story.knock(ingest, START + 1_000);
    for (let at = START + 1_000; at <= START + 1_000 + LISTENER_LEAVE_MS; at += KNOCK_GAP_MS) story.knock('i1', at);
    story.knock('i1', START + 1_001 + LISTENER_LEAVE_MS);
    expect(story.fold.state().listeners.map(({ ingest }) => ingest)).toEqual(['i1']);
    expect(causes(story).at(-1)).toContain('vanished i3');
  });

  it('T4 a leaving listener must be heard, but only one that stays makes time open', () => {
    const story = listening();
    story.knock('i1', START + 1_000);
    story.knock('i1', START + 2_000, { leaving: true });
    expect(causes(story)[1]).toBe('1000..2000 leaving');
    story.knock('i2', START + 2_500);
    story.knock('i1', START + 3_000, { leaving: true });
    expect(story.fold.proven).toBe(START + 2_500);
    story.knock('i2', START + 3_500);
    expect(story.fold.state()).toMatchObject({ openSince: START + 2_500, proven: START + 3_000 });
  });

  it('T4 a goodbye takes the listener away without an outage if another stays', () => {
    const story = listening();
    story.knock('i2', START);
    story.knock('i2', START + 1_000);
    const before = story.fold.state().ledger;
    story.knock('i1', START + 1_000, { goodbye: true });
    expect(story.fold.state()).toMatchObject({ proven: START + 1_000, ledger: before });
  });

  it('T4 the goodbye of the last listener closes time up to it', () => {
    const story = listening();
    story.knock('i1', START + 1_000);
    story.knock('i1', START + 2_000, { goodbye: true });
    expect(causes(story)[1]).toBe('1000..2000 leaving');
    expect(story.fold.state()).toMatchObject({ listeners: [], proven: START + 2_000 });
    story.knock('i2', START + 9_000);
    expect(causes(story)[1]).toBe('1000..9000 leaving');
  });

  it('T4 adjacent outages merge and are told once', () => {
    const story = listening();
    story.knock('i1', START + 10_000);
    story.knock('i1', START + 20_000);
    expect(causes(story)).toEqual([`${-START}..20000 nobody_listened`]);
    expect(story.events).toHaveLength(1);
  });

  it('T4 the last cause found names the outage', () => {
    const story = listening();
    story.knock('i1', START + 1_000);
    story.knock('i1', START + 10_000, { refused: 2, leaving: true });
    expect(causes(story)[1]).toBe('1000..10000 turned_away i1');
  });

  it('T4 the ledger keeps the newest outages', () => {
    const story = listening();
    for (let i = 0; i < LEDGER_OUTAGES_MAX + 5; i += 1) {
      story.knock('i1', START + 1_000 + i * 20_000);
      story.knock('i1', START + 2_000 + i * 20_000);
    }
    const { ledger } = story.fold.state();
    expect(ledger).toHaveLength(LEDGER_OUTAGES_MAX);
    expect(ledger.at(-1)?.to).toBe(story.fold.now - 1_000);
  });

  it('T4 a closing never reaches behind a verdict already made', () => {
    const story = listening();
    story.heartbeat('a', START);
    story.listen(START + 1_000, START + TTL);
    story.knock('i1', START + TTL + 60_000);
    expect(story.transitions.at(-1)?.occurredAt).toBe(START + TTL);
    expect(story.fold.state().ledger.at(-1)?.from).toBe(START + TTL);
  });
});

describe('T5 backward step', () => {
  it.each([
    [CLOCK_BACK_MS - 1, 'clamped'],
    [CLOCK_BACK_MS, 'clamped'],
    [CLOCK_BACK_MS + 1, 'set back'],
  ])('T5 a knock %i ms below now: %s', (step, outcome) => {
    const story = listening();
    story.listen(START + 1_000, START + 20_000);
    story.knock('i1', START + 20_000 - step);
    expect(story.fold.now === START + 20_000 ? 'clamped' : 'set back').toBe(outcome);
    expect(story.fold.proven).toBe(story.fold.now);
  });

  it('T5 only a knock sets the clock back', () => {
    const story = listening();
    story.heartbeat('a', START - 3_600_000);
    expect(story.fold.now).toBe(START);
  });

  it('T5 now, proven, the open stretch and the knocks are set to it, and an outage of no length is recorded', () => {
    const story = listening();
    story.knock('i2', START + 500);
    story.listen(START + 1_000, START + 60_000);
    story.knock('i3', START + 60_000);
    const { open } = story.fold.state();
    const { events } = story.knock('i1', START - 100_000);
    const at = START - 100_000;
    expect(story.fold.state()).toMatchObject({ now: at, proven: at, openSince: at, lastKnock: at, open });
    expect(story.fold.state().listeners.map(({ ingest, at: heard, timer }) => [ingest, heard, timer])).toEqual([
      ['i1', at, at],
      ['i3', at, at],
    ]);
    expect(causes(story).at(-1)).toBe('-100000..-100000 clock_set_back');
    expect(events).toEqual([]);
  });

  it('T5 no ttl runs from later than it, and last_seen above it is lowered', () => {
    const story = listening();
    story.heartbeat('a', START);
    story.listen(START + 1_000, START + 20_000);
    story.heartbeat('b', START + 20_400);
    story.change('c', START + 20_400, { retired: true });
    const at = START + 10_000;
    story.knock('i1', at);
    expect(story.fold.row('a')).toMatchObject({ since: START, lastSeen: START });
    expect(story.fold.row('b')).toMatchObject({ since: at, lastSeen: at, openAt: story.fold.state().open });
    expect(story.fold.row('c')).toMatchObject({ retiredAt: at });
    story.listen(at + 1_000, at + TTL - 1);
    expect(story.transitions).toHaveLength(2);
    story.knock('i1', at + TTL);
    expect(inShort(story)).toEqual(['a offline 2', 'a online 1', 'b offline 2', 'b online 1']);
  });
});

describe('T6 boundary', () => {
  it.each([
    [TTL - 1, 'online'],
    [TTL, 'offline'],
    [TTL + 1, 'offline'],
  ])('T6 a heartbeat %i ms ago leaves its system %s', (silence, state) => {
    const story = listening();
    story.listen(START + 1_000, START + 2_000);
    story.heartbeat('a', START + 2_500);
    for (let at = START + 3_000; at < START + 2_500 + silence; at += 1_000) story.knock('i1', at);
    story.knock('i1', START + 2_500 + silence);
    expect(story.fold.row('a')?.state).toBe(state);
  });

  it('T6 now decides nothing, proven does', () => {
    const story = listening();
    story.heartbeat('a', START);
    story.knock('i2', START);
    story.listen(START + 1_000, START + 20_000);
    story.unreadable(START + 10 * TTL);
    expect(story.fold.row('a')?.state).toBe('online');
  });
});

import { ACCUMULATED_TTLS, VERDICTS_PER_KNOCK_MAX } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { inShort, restarted, START, timeline, TTL, type Timeline } from '../testing/fold-timeline.ts';

const listening = (): Timeline => {
  const story = timeline();
  story.knock('i1', START);
  return story;
};

/** Heartbeats of systems named by number, at one instant or another. */
const heard = (story: Timeline, count: number, atOf: (i: number) => number): void => {
  for (let i = 0; i < count; i += 1) story.heartbeat(nameOf(i), atOf(i));
};
const nameOf = (i: number): string => `s${String(i * 7919).padStart(9, '0')}`;

describe('V2 due', () => {
  it('V2 silence is counted within the open stretch, however long time was closed', () => {
    const story = listening();
    story.heartbeat('a', START);
    story.knock('i1', START + 10 * TTL);
    story.listen(START + 10 * TTL + 1_000, START + 11 * TTL - 1);
    expect(story.fold.row('a')?.state).toBe('online');
    story.knock('i1', START + 11 * TTL);
    expect(story.transitions.at(-1)).toMatchObject({ to: 'offline', occurredAt: START + 11 * TTL });
    expect(story.transitions.at(-1)?.evidence.rule).toBe('contiguous');
  });

  it.each([
    [-1, 'online'],
    [0, 'offline'],
    [1, 'offline'],
  ])('V2 at 3 ttl of open time in pieces, %i ms: %s', (difference, state) => {
    const story = listening();
    const piece = 45_000;
    story.heartbeat('a', START);
    let at = START;
    let open = 0;
    const listenFor = (time: number): void => {
      story.listen(at + 1_000, at + time);
      at += time;
      open += time;
    };
    while (open + piece < ACCUMULATED_TTLS * TTL) {
      listenFor(piece);
      at += 20_000;
      story.knock('i1', at); // was not heard: closed
    }
    listenFor(ACCUMULATED_TTLS * TTL - open + difference);
    expect(story.fold.row('a')?.state).toBe(state);
    if (state === 'offline') expect(story.transitions.at(-1)?.evidence.rule).toBe('accumulated');
  });

  it('V2 both rules met at once is told as contiguous', () => {
    const story = listening();
    story.heartbeat('a', START);
    story.listen(START + 1_000, START + 40_000);
    story.change('a', START + 40_000, { revision: 1, ttl_ms: 20_000 });
    story.listen(START + 41_000, START + 60_000);
    expect(story.transitions.at(-1)?.evidence.rule).toBe('contiguous');
  });

  it('V2 a system with a longer ttl is judged later than one heard after it', () => {
    const story = listening();
    story.heartbeat('slow', START, { ttl_ms: 2 * TTL });
    story.heartbeat('fast', START + 1_000);
    story.listen(START + 1_000, START + TTL + 1_000);
    expect(story.fold.row('slow')?.state).toBe('online');
    expect(story.fold.row('fast')?.state).toBe('offline');
    story.listen(START + TTL + 2_000, START + 2 * TTL);
    expect(story.fold.row('slow')?.state).toBe('offline');
  });

  it('V6 behind by hours, history comes out as it was', () => {
    const story = listening();
    story.heartbeat('a', START);
    story.listen(START + 1_000, START + TTL + 5_000);
    story.heartbeat('a', START + TTL + 5_500);
    expect(
      story.transitions.map(({ to, occurredAt, decidedAt }) => [to, occurredAt - START, decidedAt - START]),
    ).toEqual([
      ['online', 0, 0],
      ['offline', TTL, TTL],
      ['online', TTL + 5_500, TTL + 5_500],
    ]);
  });
});

describe('V3 at most so many verdicts per knock', () => {
  const COUNT = 2 * VERDICTS_PER_KNOCK_MAX + 10;

  /** All fall silent and are about to be due. An operator has released the hold, which is not what is tested here. */
  const massDeath = (atOf: (i: number) => number): Timeline => {
    const story = listening();
    heard(story, COUNT, atOf);
    for (let at = START + 1_000; story.fold.state().hold === 'none'; at += 1_000) story.knock('i1', at);
    story.release(story.fold.now);
    return story;
  };
  const offlines = (story: Timeline): readonly string[] =>
    story.knock('i1', story.fold.now + 1_000).transitions.map(({ systemId }) => systemId);

  it('V3 the rest follows at the next knocks, lowest due first', () => {
    const story = massDeath((i) => START + Math.floor(i / 40));
    const knocks = [offlines(story), offlines(story), offlines(story), offlines(story)];
    expect(knocks.map(({ length }) => length)).toEqual([VERDICTS_PER_KNOCK_MAX, VERDICTS_PER_KNOCK_MAX, 10, 0]);
    expect(knocks.flat().length).toBe(new Set(knocks.flat()).size);
    expect(knocks[0]?.toSorted()).toEqual(Array.from({ length: VERDICTS_PER_KNOCK_MAX }, (_, i) => nameOf(i)));
    expect(knocks[2]?.toSorted()).toEqual(Array.from({ length: 10 }, (_, i) => nameOf(COUNT - 10 + i)));
  });

  it('V3 of those due at the same instant the lowest system_ids are first, however they came', () => {
    // 7919 and COUNT have no common factor: every system once, in no order.
    const story = listening();
    const order = Array.from({ length: COUNT }, (_, i) => (i * 7919) % COUNT);
    for (const i of order) story.heartbeat(nameOf(i), START);
    for (let at = START + 1_000; story.fold.state().hold === 'none'; at += 1_000) story.knock('i1', at);
    story.release(story.fold.now);
    expect(offlines(story).toSorted()).toEqual(Array.from({ length: VERDICTS_PER_KNOCK_MAX }, (_, i) => nameOf(i)));
  });

  it('V3 also of those equals that come after others at the same knock', () => {
    const story = listening();
    for (let i = 0; i < 3_000; i += 1) story.heartbeat(`early${i}`, START);
    for (let i = 3_999; i >= 0; i -= 1) story.heartbeat(nameOf(i), START + 1);
    for (let at = START + 1_000; story.fold.state().hold === 'none'; at += 1_000) story.knock('i1', at);
    story.release(story.fold.now);
    const judged = offlines(story).filter((id) => !id.startsWith('early'));
    expect(judged.toSorted()).toEqual(Array.from({ length: 2_000 }, (_, i) => nameOf(i)));
  });

  it('V3 after an outage, when all are due at one instant, the longest silent are first', () => {
    const story = listening();
    for (let i = 0; i < 4_096; i += 1) story.heartbeat(`z${i}`, START + 5);
    story.heartbeat('again', START + 5);
    for (let i = 0; i < 3_000; i += 1) story.heartbeat(`a${i}`, START + 9);
    story.knock('i1', START + 10_000);
    story.heartbeat('again', START + 10_000);
    for (let at = START + 11_000; story.fold.state().hold === 'none'; at += 1_000) story.knock('i1', at);
    story.release(story.fold.now);
    const judged = offlines(story);
    expect(judged).toHaveLength(VERDICTS_PER_KNOCK_MAX);
    expect(judged.filter((id) => id.startsWith('z'))).toHaveLength(4_096);
  });

  it('S1 another owner that continues in the middle judges the same ones', () => {
    const story = massDeath((i) => START + (i % 2));
    offlines(story);
    const other = timeline(restarted(story.fold));
    const knock = { n: 1_000 };
    const mine = story.knock('i1', story.fold.now + 1_000, knock);
    const theirs = other.knock('i1', other.fold.now + 1_000, knock);
    expect(mine.transitions).toHaveLength(VERDICTS_PER_KNOCK_MAX);
    expect(inShort(theirs)).toEqual(inShort(mine));
  });

  it('S1 also where the same instant lies in two open stretches', () => {
    const story = listening();
    heard(story, COUNT / 2, () => START + 1_000);
    story.knock('i1', START + 1_000, { refused: 1 });
    for (let i = COUNT - 1; i >= COUNT / 2; i -= 1) story.heartbeat(nameOf(i), START + 1_000);
    for (let at = START + 2_000; story.fold.state().hold === 'none'; at += 1_000) story.knock('i1', at);
    story.release(story.fold.now);
    const other = timeline(restarted(story.fold));
    const mine = story.knock('i1', story.fold.now + 1_000, { n: 1_000 });
    const theirs = other.knock('i1', other.fold.now + 1_000, { n: 1_000 });
    expect(inShort(theirs)).toEqual(inShort(mine));
    expect(mine.transitions.map(({ systemId }) => systemId).toSorted()[0]).toBe(nameOf(0));
  });
});

describe('V4 and G6 states', () => {
  it('V4 a registered system that was never heard has no deadline', () => {
    const story = listening();
    story.change('a', START);
    story.listen(START + 1_000, START + 10 * TTL);
    expect(story.fold.row('a')).toMatchObject({ state: 'unseen', sequence: 0, lastSeen: null });
  });

  it('G6 transitions alternate with a gapless sequence from 1, ids from position and system', () => {
    const story = listening();
    story.heartbeat('a', START);
    story.heartbeat('a', START + 1);
    story.listen(START + 1_000, START + TTL + 2_000);
    story.heartbeat('a', START + TTL + 3_000);
    expect(story.transitions.map(({ id, from, to, sequence }) => [id, from, to, sequence])).toEqual([
      ['1/a', 'unseen', 'online', 1],
      [`${story.fold.position - 2}/a`, 'online', 'offline', 2],
      [`${story.fold.position}/a`, 'offline', 'online', 3],
    ]);
  });

  it('G5 repeated heartbeats make one transition', () => {
    const story = listening();
    for (let i = 0; i < 9; i += 1) story.heartbeat('a', START + i);
    expect(story.transitions).toHaveLength(1);
  });

  it('H43 hostile ids are ids', () => {
    const story = listening();
    const ids = ['__proto__', 'constructor', '0/1', 'partition', '3', 'a:b', '\u{1F480}'.repeat(255)];
    for (const id of ids) story.heartbeat(id, START);
    story.listen(START + 1_000, START + TTL);
    expect(
      story.transitions
        .filter(({ to }) => to === 'offline')
        .map(({ systemId }) => systemId)
        .toSorted(),
    ).toEqual(ids.toSorted());
  });
});

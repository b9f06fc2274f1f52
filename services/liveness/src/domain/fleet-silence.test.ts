import { HOLD_EXTRA_MS_MAX, LATE_DENOMINATOR, LATE_NUMERATOR, SILENCE_LEAST } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { inShort, START, timeline, TTL, type Timeline } from '../testing/fold-timeline.ts';

const LATE = (TTL * LATE_NUMERATOR) / LATE_DENOMINATOR;

/** A fleet of which `silent` systems are heard at START and never again, and `loud` ones go on. */
const fleet = (silent: number, loud: number): Timeline & { goOn: (from: number, to: number) => void } => {
  const story = timeline();
  story.knock('i1', START);
  for (let i = 0; i < silent; i += 1) story.heartbeat(`silent${i}`, START);
  const beLoud = (at: number): void => {
    for (let i = 0; i < loud; i += 1) story.heartbeat(`loud${i}`, at);
  };
  beLoud(START);
  const goOn = (from: number, to: number): void => {
    for (let at = from; at <= to; at += 1_000) {
      if (at % 10_000 === 0) beLoud(at);
      story.knock('i1', at);
    }
  };
  return Object.assign(story, { goOn });
};

const silenceEvents = (story: Timeline): readonly string[] =>
  story.events.filter(({ event }) => event !== 'outage-recorded').map(({ event, at }) => `${event} ${at - START}`);

describe('V5 fleet silence', () => {
  it.each([
    [SILENCE_LEAST - 1, 0, false],
    [SILENCE_LEAST, 0, true],
    [SILENCE_LEAST, 4 * SILENCE_LEAST, true],
    [SILENCE_LEAST, 4 * SILENCE_LEAST + 1, false],
  ])('V5 %i late ones and %i that go on: a hold opens: %s', (silent, loud, opens) => {
    const story = fleet(silent, loud);
    story.goOn(START + 1_000, START + TTL);
    expect(story.fold.state().hold === 'on').toBe(opens);
    expect(story.transitions.filter(({ to }) => to === 'offline')).toHaveLength(opens ? 0 : silent);
  });

  it('G9 there is one event, before the first verdict, and it says how many of how many', () => {
    const story = fleet(20, 30);
    story.goOn(START + 1_000, START + TTL - 1_000);
    expect(silenceEvents(story)).toEqual([]);
    story.goOn(START + TTL, START + 2 * TTL - 1_000);
    expect(story.events.at(-1)).toEqual({
      id: `7/${story.events.at(-1)?.position}/fleet-silence-opened`,
      event: 'fleet-silence-opened',
      position: story.events.at(-1)?.position,
      at: START + TTL,
      late: 20,
      listed: 50,
    });
    expect(story.fold.state()).toMatchObject({ hold: 'on', holdOpenedAt: START + TTL, holdClosedAt: null });
    expect(story.transitions.filter(({ to }) => to === 'offline')).toEqual([]);
  });

  it.each([
    [LATE - 1, 9],
    [LATE, 10],
    [LATE + 1, 10],
  ])('V5 silent for %i ms of 3/4 of its ttl, the tenth counts: %i', (silence, late) => {
    const story = timeline();
    story.knock('i1', START);
    for (let i = 0; i < 9; i += 1) story.heartbeat(`s${i}`, START);
    story.listen(START + 1_000, START + TTL - silence);
    story.heartbeat('tenth', START + TTL - silence);
    story.listen(START + 16_000, START + TTL);
    const opened = story.events.find(({ event }) => event === 'fleet-silence-opened');
    expect(opened).toEqual(late === 10 ? expect.objectContaining({ late, listed: 10 }) : undefined);
  });

  it('V5 under a hold systems are judged at twice their ttl', () => {
    const story = fleet(10, 0);
    story.goOn(START + 1_000, START + 2 * TTL - 1_000);
    story.knock('i1', START + 2 * TTL - 1);
    expect(story.transitions.filter(({ to }) => to === 'offline')).toEqual([]);
    story.knock('i1', START + 2 * TTL);
    expect(story.transitions.filter(({ to }) => to === 'offline')).toHaveLength(10);
  });

  it('V5 a hold delays by an hour at most', () => {
    const ttl = HOLD_EXTRA_MS_MAX + 100_000;
    const story = timeline();
    story.knock('i1', START);
    for (let i = 0; i < 10; i += 1) story.heartbeat(`s${i}`, START, { ttl_ms: ttl });
    story.listen(START + 1_000, START + ttl + HOLD_EXTRA_MS_MAX - 1);
    expect(story.transitions).toHaveLength(10);
    story.knock('i1', START + ttl + HOLD_EXTRA_MS_MAX);
    expect(story.transitions).toHaveLength(20);
  });

  it('V5 it ends when fewer than ten are silent, and those are then judged by their ttl', () => {
    const story = fleet(12, 0);
    story.goOn(START + 1_000, START + TTL + 5_000);
    for (const id of ['silent0', 'silent1']) story.heartbeat(id, START + TTL + 5_000);
    story.knock('i1', START + TTL + 6_000);
    expect(story.fold.state().hold).toBe('on');
    story.heartbeat('silent2', START + TTL + 6_000);
    const { events, transitions } = story.knock('i1', START + TTL + 7_000);
    expect(events).toEqual([
      {
        id: `7/${story.fold.position}/fleet-silence-closed`,
        event: 'fleet-silence-closed',
        position: story.fold.position,
        at: START + TTL + 7_000,
        reason: 'recovered',
        by: '',
        note: '',
      },
    ]);
    expect(transitions).toHaveLength(9);
    expect(story.fold.state()).toMatchObject({ hold: 'none', holdClosedAt: START + TTL + 7_000 });
  });

  it.each([
    [200, 'on'],
    [201, 'none'],
  ])('V5 with ten still silent of %i, fewer than a twentieth ends it: %s', (listed, hold) => {
    const story = fleet(50, listed - 50);
    story.goOn(START + 1_000, START + TTL);
    expect(story.fold.state().hold).toBe('on');
    for (let i = 10; i < 50; i += 1) story.heartbeat(`silent${i}`, START + TTL);
    story.knock('i1', START + TTL + 1_000);
    expect(story.fold.state().hold).toBe(hold);
  });

  it('V5 a closing does not end a hold', () => {
    const story = fleet(10, 0);
    story.goOn(START + 1_000, START + TTL);
    story.knock('i1', START + TTL + 10_000);
    story.knock('i1', START + TTL + 11_000);
    expect(story.fold.state().hold).toBe('on');
    expect(silenceEvents(story)).toHaveLength(1);
  });

  it('V5 closed time makes nobody late', () => {
    const story = fleet(50, 0);
    story.goOn(START + 1_000, START + 10_000);
    story.knock('i1', START + 100 * TTL);
    story.heartbeat('other', START + 100 * TTL, { ttl_ms: 15_000 });
    story.goOn(START + 100 * TTL + 1_000, START + 100 * TTL + 15_000);
    expect(inShort({ transitions: story.transitions.slice(51) })).toEqual(['other offline 2']);
    expect(story.fold.state().hold).toBe('none');
  });

  it('V5 after an outage older systems become late as a whole', () => {
    const story = fleet(50, 0);
    story.goOn(START + 1_000, START + 10_000);
    const opened = START + 20_000;
    story.knock('i1', opened);
    story.goOn(opened + 1_000, opened + TTL);
    expect(story.events.at(-1)).toMatchObject({ event: 'fleet-silence-opened', late: 50, listed: 50 });
  });

  it('V5 an operator releases it at once, and it does not open again before the fleet is heard', () => {
    const story = fleet(10, 0);
    story.goOn(START + 1_000, START + TTL + 2_000);
    const { events } = story.release(START + TTL + 2_500, { by: 'ada', reason: 'decommissioned' });
    expect(events).toMatchObject([
      { event: 'fleet-silence-closed', reason: 'operator', by: 'ada', note: 'decommissioned' },
    ]);
    expect(story.fold.state()).toMatchObject({ hold: 'released', holdClosedAt: START + TTL + 2_000 });
    expect(story.release(START + TTL + 2_600).events).toEqual([]);
    expect(story.knock('i1', START + TTL + 3_000).transitions).toHaveLength(10);
    story.knock('i1', START + TTL + 4_000);
    expect(story.fold.state()).toMatchObject({ hold: 'none', holdClosedAt: START + TTL + 2_000 });
    expect(silenceEvents(story)).toHaveLength(2);
  });

  it('V5 once ended it can open anew', () => {
    const story = fleet(10, 0);
    story.goOn(START + 1_000, START + TTL);
    story.heartbeat('silent0', START + TTL);
    story.goOn(START + TTL + 1_000, START + TTL + 2_000);
    for (let i = 0; i < 10; i += 1) story.heartbeat(`silent${i}`, START + TTL + 2_000);
    story.goOn(START + TTL + 3_000, START + 2 * TTL + 2_000);
    expect(silenceEvents(story)).toHaveLength(3);
    expect(story.fold.state()).toMatchObject({ hold: 'on', holdOpenedAt: START + 2 * TTL + 2_000, holdClosedAt: null });
  });

  it('V5 a release without a name or reason is one too, and without a hold it is nothing', () => {
    const story = fleet(10, 0);
    expect(story.release(START).events).toEqual([]);
    story.goOn(START + 1_000, START + TTL);
    expect(story.release(START + TTL).events).toMatchObject([{ by: '', note: '' }]);
  });

  it('V5 systems that come back during a hold are not reported offline', () => {
    const story = fleet(20, 0);
    story.goOn(START + 1_000, START + TTL + 5_000);
    for (let i = 0; i < 20; i += 1) story.heartbeat(`silent${i}`, START + TTL + 5_000);
    story.goOn(START + TTL + 6_000, START + TTL + 20_000);
    expect(story.transitions).toHaveLength(20);
    expect(silenceEvents(story)).toHaveLength(2);
  });
});

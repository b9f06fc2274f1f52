import { describe, expect, it } from 'vitest';
import { createPartitionFold } from './create-partition-fold.ts';
import { START, timeline, TTL, type Timeline } from '../testing/fold-timeline.ts';

/** So many systems, all heard in the first second. */
const populated = (count: number, ttlOf: (i: number) => number = () => TTL): Timeline => {
  const story = timeline(createPartitionFold(0));
  story.knock('i1', START);
  for (let i = 0; i < count; i += 1) {
    const at = START + Math.floor((i * 1_000) / count);
    story.fold.fold({
      position: story.fold.position + 1,
      appendedAt: at,
      key: `s${i}`,
      record: { type: 'heartbeat', ttl_ms: ttlOf(i) },
    });
  }
  story.knock('i1', START + 1_000);
  return story;
};

const stepsOf = (story: Timeline, action: () => void): number => {
  const before = story.fold.operations;
  action();
  return story.fold.operations - before;
};

describe('V3 cost', () => {
  it.each([1_000, 10_000, 100_000, 1_000_000])(
    'V3 with %i systems a heartbeat takes two steps, a knock or a closing none',
    (count) => {
      const story = populated(count);
      expect(stepsOf(story, () => story.heartbeat(`s${count >> 1}`, START + 1_500))).toBe(2);
      expect(stepsOf(story, () => story.knock('i1', START + 2_000))).toBe(0);
      expect(stepsOf(story, () => story.knock('i1', START + 9_000))).toBe(0);
      expect(story.fold.state().openSince).toBe(START + 9_000);
    },
  );

  it.each([1_000, 10_000, 100_000])('V3 with %i systems of as many ttls too', (count) => {
    const story = populated(count, (i) => TTL + i);
    expect(stepsOf(story, () => story.heartbeat('s5', START + 1_500, { ttl_ms: TTL + 5 }))).toBe(2);
    expect(stepsOf(story, () => story.knock('i1', START + 2_000))).toBe(0);
    expect(stepsOf(story, () => story.knock('i1', START + 9_000))).toBe(0);
  });

  it('V3 where half of 100,000 become late at one knock it walks a part of one list', () => {
    const story = populated(100_000);
    story.listen(START + 2_000, START + 44_500);
    const steps = stepsOf(story, () => story.knock('i1', START + 45_500));
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(4_096 + 500);
  });

  it('V3 where 100,000 become late at once, as after an outage, a knock takes steps by lists', () => {
    const story = populated(100_000);
    story.knock('i1', START + 9_000);
    const steps: number[] = [];
    for (let at = START + 10_000; at <= START + 9_000 + TTL; at += 1_000) {
      steps.push(stepsOf(story, () => story.knock('i1', at)));
    }
    expect(story.fold.state().hold).toBe('on');
    expect(Math.max(...steps)).toBeLessThan(500);
  });

  it('V3 G9 a hold over 100,000 systems of as many ttls looks again only at those whose time has come', () => {
    const story = populated(100_000, (i) => TTL + i);
    for (let at = START + 2_000; at < START + TTL + 110_000; at += 1_000) story.knock('i1', at);
    expect(story.fold.state().hold).toBe('on');
    let verdicts = 0;
    const steps = stepsOf(story, () => {
      verdicts = story.knock('i1', START + TTL + 110_000).transitions.length;
    });
    expect(verdicts).toBeGreaterThan(400);
    expect(steps / verdicts).toBeLessThan(100);
  });
});

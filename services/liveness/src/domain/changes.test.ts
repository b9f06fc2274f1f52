import { TOMBSTONE_MS } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { START, timeline, TTL, type Timeline } from '../testing/fold-timeline.ts';

/** Systems a, b and c are online, and everything is taken. */
const settled = (): Timeline => {
  const story = timeline();
  story.knock('i1', START);
  for (const id of ['a', 'b', 'c']) story.heartbeat(id, START, { revision: 4 });
  story.fold.takeChanges();
  return story;
};

const taken = (story: Timeline): readonly string[] =>
  story.fold.takeChanges().systems.map(({ row, heartbeatOnly }) => `${row.systemId}${heartbeatOnly ? ' heard' : ''}`);

describe('S1 what a commit has to store', () => {
  it('S1 a system is told once, with its newest value', () => {
    const story = settled();
    story.heartbeat('a', START + 1, { revision: 4 });
    story.heartbeat('a', START + 2, { revision: 4, credential: 'k' });
    expect(story.fold.changedCount).toBe(1);
    const { systems, removed } = story.fold.takeChanges();
    expect(systems).toEqual([{ row: story.fold.row('a'), heartbeatOnly: true }]);
    expect(systems[0]?.row).toMatchObject({ since: START + 2, credential: 'k' });
    expect(removed).toEqual([]);
    expect([story.fold.changedCount, taken(story)]).toEqual([0, []]);
  });

  it('S1 what more than a heartbeat moved is told as such', () => {
    const story = settled();
    story.heartbeat('a', START + 1, { revision: 4 });
    story.heartbeat('a', START + 1, { revision: 5 });
    story.heartbeat('b', START + 1, { revision: 4 });
    story.change('b', START + 1, { revision: 5 });
    story.heartbeat('b', START + 2, { revision: 5 });
    story.heartbeat('c', START + 1, { revision: 4, ttl_ms: 2 * TTL });
    story.heartbeat('d', START + 1);
    story.knock('i1', START + 1_000, { names: ['a'] });
    expect(taken(story)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('S1 a heartbeat that is ignored changes nothing', () => {
    const story = settled();
    story.heartbeat('a', START + 1, { revision: 4, fleet: 'oslo' });
    story.change('b', START + 1, { revision: 3 });
    expect(story.fold.changedCount).toBe(0);
  });

  it('S1 going offline, and coming back, is more than a heartbeat', () => {
    const story = settled();
    story.listen(START + 1_000, START + TTL);
    expect(taken(story)).toEqual(['a', 'b', 'c']);
    story.heartbeat('a', START + TTL, { revision: 4 });
    expect(taken(story)).toEqual(['a']);
  });

  it('S1 a system that is forgotten is told as removed, and not as changed', () => {
    const story = settled();
    story.change('a', START, { revision: 5, retired: true });
    story.knock('i1', START + TOMBSTONE_MS + 1);
    expect(story.fold.changedCount).toBe(1);
    expect(story.fold.takeChanges()).toEqual({ systems: [], removed: ['a'] });
  });

  it('S1 known again before it is told, it is changed and not removed', () => {
    const story = settled();
    story.change('a', START, { revision: 5, retired: true });
    story.fold.takeChanges();
    story.knock('i1', START + TOMBSTONE_MS + 1);
    story.heartbeat('a', START + TOMBSTONE_MS + 2, { revision: 6 });
    expect(story.fold.changedCount).toBe(1);
    expect(taken(story)).toEqual(['a']);
  });

  it('S1 one that takes the row of another is told as itself', () => {
    const story = settled();
    story.change('a', START, { revision: 5, retired: true });
    story.knock('i1', START + TOMBSTONE_MS + 1);
    story.heartbeat('z', START + TOMBSTONE_MS + 2);
    const { systems, removed } = story.fold.takeChanges();
    expect(systems.map(({ row }) => row.systemId)).toEqual(['z']);
    expect(removed).toEqual(['a']);
    expect(story.fold.row('z')).toMatchObject({ revision: 0, retiredAt: null, sequence: 1 });
  });

  it('S1 what a clock set back lowers is told, and nothing else', () => {
    const story = settled();
    story.listen(START + 1_000, START + 20_000);
    story.heartbeat('b', START + 20_000, { revision: 4 });
    story.fold.takeChanges();
    story.knock('i1', START + 10_000);
    expect(taken(story)).toEqual(['b']);
  });
});

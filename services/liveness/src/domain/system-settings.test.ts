import { TOMBSTONE_MS } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { START, timeline, TTL, type Timeline } from '../testing/fold-timeline.ts';

const listening = (): Timeline => {
  const story = timeline();
  story.knock('i1', START);
  return story;
};

describe('V1 heartbeats bring settings', () => {
  it('V1 a heartbeat of an unknown system creates it in the fleet it came for', () => {
    const story = listening();
    story.heartbeat('a', START + 5, { fleet: 'rome', revision: 4, credential: 'k1' });
    expect(story.fold.row('a')).toEqual({
      systemId: 'a',
      fleet: 'rome',
      ttlMs: TTL,
      ttlRevision: 4,
      revision: 4,
      registration: 4,
      state: 'online',
      paused: false,
      retiredAt: null,
      lastSeen: START + 5,
      since: START + 5,
      openAt: 5,
      sequence: 1,
      mutedTo: -1,
      credential: 'k1',
    });
  });

  it.each([
    [3, 'other_fleet'],
    [4, 'other_fleet'],
    [5, null],
  ])('V1 for another fleet, with revision %i after 4: ignored as %s', (revision, ignored) => {
    const story = listening();
    story.heartbeat('a', START, { fleet: 'rome', revision: 4 });
    expect(story.heartbeat('a', START + 1, { fleet: 'oslo', revision }).ignored).toBe(ignored);
    expect(story.fold.row('a')).toMatchObject(
      ignored === null ? { fleet: 'oslo', since: START + 1 } : { fleet: 'rome', since: START },
    );
  });

  it.each([
    [3, TTL],
    [4, 2 * TTL],
    [5, 2 * TTL],
  ])('V1 a ttl of revision %i after 4 makes it %i', (revision, ttlMs) => {
    const story = listening();
    story.heartbeat('a', START, { revision: 4 });
    story.heartbeat('a', START + 1, { revision, ttl_ms: 2 * TTL });
    expect(story.fold.row('a')).toMatchObject({ ttlMs, ttlRevision: Math.max(4, revision), lastSeen: START + 1 });
  });

  it('V1 the newest heartbeat names the credential', () => {
    const story = listening();
    story.heartbeat('a', START, { credential: 'k1' });
    story.heartbeat('a', START + 1, { credential: 'k2' });
    expect(story.fold.row('a')?.credential).toBe('k2');
    story.heartbeat('a', START + 2);
    expect(story.fold.row('a')?.credential).toBe('');
  });
});

describe('V1 the registry brings settings', () => {
  it('V1 a lower revision changes nothing', () => {
    const story = listening();
    story.change('a', START, { revision: 4 });
    const before = story.fold.row('a');
    expect(story.change('a', START + 1, { revision: 3, paused: true }).ignored).toBe('stale_revision');
    expect(story.fold.row('a')).toEqual(before);
  });

  it('V2 a change that changes nothing moves nothing', () => {
    const story = listening();
    story.heartbeat('a', START, { revision: 4, fleet: 'rome' });
    story.change('a', START + 1_000, { revision: 5, fleet: 'rome' });
    expect(story.fold.row('a')).toMatchObject({ since: START, revision: 5, ttlRevision: 5 });
  });

  it('V2 another ttl begins a fresh one', () => {
    const story = listening();
    story.heartbeat('a', START);
    story.listen(START + 1_000, START + 50_000);
    story.change('a', START + 50_000, { revision: 1, ttl_ms: 20_000 });
    story.listen(START + 51_000, START + 69_999);
    expect(story.fold.row('a')?.state).toBe('online');
    story.knock('i1', START + 70_000);
    expect(story.fold.row('a')?.state).toBe('offline');
  });

  it('V1 of the same revision the later record wins', () => {
    const story = listening();
    story.heartbeat('a', START, { revision: 4 });
    story.change('a', START, { revision: 4, ttl_ms: 2 * TTL, fleet: 'rome' });
    expect(story.fold.row('a')).toMatchObject({ ttlMs: 2 * TTL, fleet: 'rome' });
  });

  it('V1 where a heartbeat brought newer settings, a change brings only pause and retirement', () => {
    const story = listening();
    story.change('a', START, { revision: 1 });
    story.heartbeat('a', START, { revision: 9, ttl_ms: 2 * TTL, fleet: 'oslo' });
    story.change('a', START + 1, { revision: 8, ttl_ms: TTL, fleet: 'rome', paused: true });
    expect(story.fold.row('a')).toMatchObject({
      ttlMs: 2 * TTL,
      ttlRevision: 9,
      fleet: 'oslo',
      paused: true,
      revision: 8,
    });
    story.heartbeat('a', START + 2, { revision: 99, fleet: 'oslo' });
    expect(story.fold.row('a')).toMatchObject({ paused: true, revision: 8 });
  });
});

describe('V4 pause', () => {
  it('V4 a paused system comes online and is not reported offline', () => {
    const story = listening();
    story.change('a', START, { paused: true });
    story.heartbeat('a', START);
    story.listen(START + 1_000, START + 3 * TTL);
    expect(story.fold.row('a')).toMatchObject({ state: 'online', paused: true });
    expect(story.fold.counts()).toEqual({ systems: 1, unseen: 0, online: 1, offline: 0, paused: 1 });
  });

  it('V4 pausing withholds the verdict that would have come', () => {
    const story = listening();
    story.heartbeat('a', START);
    story.change('a', START + 1, { paused: true, revision: 1 });
    story.change('a', START + 2, { paused: true, revision: 2, ttl_ms: TTL / 2 });
    story.listen(START + 1_000, START + 3 * TTL);
    expect(story.fold.row('a')?.state).toBe('online');
  });

  it('V4 on resume a fresh ttl begins', () => {
    const story = listening();
    story.heartbeat('a', START);
    story.change('a', START, { paused: true });
    story.listen(START + 1_000, START + 3 * TTL);
    story.change('a', START + 3 * TTL, {});
    story.listen(START + 3 * TTL + 1_000, START + 4 * TTL - 1);
    expect(story.fold.row('a')?.state).toBe('online');
    story.knock('i1', START + 4 * TTL);
    expect(story.fold.row('a')).toMatchObject({ state: 'offline', lastSeen: START });
  });
});

describe('V1 retirement', () => {
  it('V1 a retired system is not judged, and not revived by a stale heartbeat', () => {
    const story = listening();
    story.heartbeat('a', START, { revision: 4 });
    story.change('a', START + 1, { revision: 6, retired: true });
    story.listen(START + 1_000, START + 3 * TTL);
    expect(story.heartbeat('a', START + 3 * TTL, { revision: 6 }).ignored).toBe('retired');
    expect(story.fold.row('a')).toMatchObject({ state: 'online', retiredAt: START + 1, lastSeen: START, sequence: 1 });
    expect(story.fold.counts()).toEqual({ systems: 0, unseen: 0, online: 0, offline: 0, paused: 0 });
  });

  it('V1 the retirement of a system that is unknown is remembered too', () => {
    const story = listening();
    story.change('a', START, { revision: 6, retired: true, ttl_ms: TTL });
    expect(story.heartbeat('a', START + 1, { revision: 6 }).ignored).toBe('retired');
  });

  it('V1 a heartbeat of a newer revision begins a new registration', () => {
    const story = listening();
    story.heartbeat('a', START, { revision: 4, credential: 'k1' });
    story.change('a', START + 1, { revision: 6, retired: true });
    const { transitions } = story.heartbeat('a', START + 2, { revision: 7, fleet: 'oslo' });
    expect(transitions).toMatchObject([{ registration: 7, sequence: 1, from: 'unseen', to: 'online' }]);
    expect(story.fold.row('a')).toMatchObject({ fleet: 'oslo', retiredAt: null, credential: '', ttlRevision: 7 });
  });

  it('V1 the registry can bring it back, unseen', () => {
    const story = listening();
    story.heartbeat('a', START, { revision: 4, credential: 'k1' });
    story.change('a', START + 1, { revision: 6, retired: true });
    story.change('a', START + 2, { revision: 7 });
    expect(story.fold.row('a')).toMatchObject({
      state: 'unseen',
      sequence: 0,
      registration: 7,
      retiredAt: null,
      lastSeen: null,
      credential: '',
    });
    story.listen(START + 1_000, START + TOMBSTONE_MS + 10_000);
    expect(story.fold.row('a')).not.toBeNull();
  });

  it.each([
    [TOMBSTONE_MS - 1, true],
    [TOMBSTONE_MS, true],
    [TOMBSTONE_MS + 1, false],
  ])('V1 %i ms after it was retired it is known: %s', (later, isKnown) => {
    const story = listening();
    story.change('a', START, { retired: true });
    story.knock('i1', START + later);
    expect(story.fold.row('a') !== null).toBe(isKnown);
    expect(story.fold.takeChanges().removed).toEqual(isKnown ? [] : ['a']);
  });

  it('V1 retired again, it is remembered from then', () => {
    const story = listening();
    story.change('a', START, { retired: true });
    story.change('b', START + 1_000, { retired: true });
    story.change('a', START + 2_000, { retired: true });
    story.knock('i1', START + TOMBSTONE_MS + 1_500);
    expect([story.fold.row('a') !== null, story.fold.row('b') !== null]).toEqual([true, false]);
  });

  it('V1 T3 a retired system named in a knock stays retired', () => {
    const story = listening();
    story.heartbeat('a', START);
    story.change('a', START, { retired: true });
    story.knock('i1', START + 1_000, { names: ['a'] });
    story.knock('i1', START + TOMBSTONE_MS + 1);
    expect(story.fold.row('a')).toBeNull();
  });
});

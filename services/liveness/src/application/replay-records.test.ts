import { describe, expect, it } from 'vitest';
import { createReplay, type ReplayedLine } from './replay-records.ts';

const TTL = 15_000;
const heartbeat = (position: number, appendedAt: number, key: string, more: object = {}): string =>
  JSON.stringify({ position, appendedAt, key, value: { type: 'heartbeat', ttl_ms: TTL, ...more } });
const knock = (position: number, appendedAt: number, n: number, more: object = {}): string =>
  JSON.stringify({ position, appendedAt, key: null, value: { type: 'knock', ingest: 'i', n, ...more } });

const replayAll = (lines: readonly string[], options = {}): readonly ReplayedLine[] => {
  const replay = createReplay({ partition: 0, ttlMs: null, ...options });
  return lines.map((line) => replay.replay(line));
};
const printed = (lines: readonly ReplayedLine[]): readonly string[] =>
  lines.flatMap((line) => (line.outcome === 'folded' ? line.printed : []));

describe('a replay', () => {
  it('prints transitions and events with instants in milliseconds', () => {
    const lines = [knock(0, 1_000, 1), heartbeat(1, 1_500, 'a')];
    for (let second = 2; second <= 17; second += 1) lines.push(knock(second, second * 1_000, second));
    expect(printed(replayAll(lines, { partition: 3 }))).toEqual([
      '{"id":"3/0/outage-recorded","event":"outage-recorded","position":0,"at":1000,' +
        '"outage":{"from":0,"to":1000,"cause":"nobody_listened","ingest":""}}',
      '{"id":"1/a","system_id":"a","sequence":1,"to":"online","occurred_at":1500,"decided_at":1500}',
      '{"id":"17/a","system_id":"a","sequence":2,"to":"offline","occurred_at":17000,"decided_at":17000,' +
        '"rule":"contiguous"}',
    ]);
  });

  it("prints a record's events first, then its transitions in order of system_id", () => {
    const ids = ['b', 'a', 'Z', '😀', '\uffff', 'é', '10', '9', '__proto__', '0/1', 'c', 'd'];
    const lines = [knock(0, 1_000, 1), ...ids.map((id, index) => heartbeat(1 + index, 1_000, id))];
    for (let n = 2; n <= 30; n += 1) lines.push(knock(100 + n, n * 1_000, n));
    lines.push(JSON.stringify({ position: 200, appendedAt: 30_000, key: null, value: { type: 'release', by: 'me' } }));
    lines.push(knock(201, 31_000, 31));
    const told = printed(replayAll(lines)).slice(1 + ids.length);
    const names = told.map((line) => /"event":"[^"]*"|"system_id":"[^"]*"/.exec(line)?.[0]);
    const inOrder = ['0/1', '10', '9', 'Z', '__proto__', 'a', 'b', 'c', 'd', 'é', '😀', '\uffff'];
    expect(names).toEqual([
      '"event":"fleet-silence-opened"',
      '"event":"fleet-silence-closed"',
      ...inOrder.map((id) => `"system_id":${JSON.stringify(id)}`),
    ]);
  });

  it('replaces every ttl where one is given', () => {
    const setting = { position: 1, appendedAt: 1_000, key: 'a', value: { type: 'system', ttl_ms: TTL } };
    const lines = [knock(0, 1_000, 1), JSON.stringify(setting), heartbeat(2, 1_000, 'a'), knock(3, 3_000, 2)];
    expect(printed(replayAll(lines, { ttlMs: 2_000 })).at(-1)).toContain('"to":"offline"');
    expect(printed(replayAll(lines, { ttlMs: 2_001 })).at(-1)).toContain('"to":"online"');
  });

  it('moves position and now by a record that no schema fits, and nothing else', () => {
    const unreadable = { position: 5, appendedAt: 9_000, key: 'a', value: { type: 'heartbeat', ttl_ms: 'soon' } };
    const lines = replayAll([JSON.stringify(unreadable), heartbeat(5, 1, 'a'), heartbeat(6, 1, 'a')]);
    expect(lines[0]).toEqual({ outcome: 'unreadable', position: 5, reason: 'schema' });
    expect(lines[1]).toEqual({ outcome: 'refused', reason: 'position 5 is not above 5, the one before' });
    expect(printed(lines)[0]).toContain('"occurred_at":9000');
  });

  it.each([
    { reason: 'unknown_type', value: { type: 'song' } },
    { reason: 'unknown_type', value: 7 },
    { reason: 'not_json', value: null },
    { reason: 'no_key', value: { type: 'heartbeat', ttl_ms: TTL } },
  ])('says $reason of $value', ({ reason, value }) => {
    const line = JSON.stringify({ position: 0, appendedAt: 0, key: null, value });
    expect(replayAll([line])).toEqual([{ outcome: 'unreadable', position: 0, reason }]);
  });

  it.each([
    { line: '{', reason: 'not JSON' },
    { line: '[]', reason: 'not an object' },
    { line: 'null', reason: 'not an object' },
    { line: '{"position":-1}', reason: 'position is not a whole number' },
    { line: '{"position":"0"}', reason: 'position is not a whole number' },
    { line: '{"position":0}', reason: 'appendedAt is not a whole number of milliseconds' },
    { line: '{"position":0,"appendedAt":1.5}', reason: 'appendedAt is not a whole number of milliseconds' },
    { line: '{"position":0,"appendedAt":1,"key":1}', reason: 'key is neither a string nor null' },
  ])('refuses $line, and goes on', ({ line, reason }) => {
    const [refused, next] = replayAll([line, heartbeat(0, 1, 'a')]);
    expect(refused).toEqual({ outcome: 'refused', reason });
    expect(next?.outcome).toBe('folded');
  });
});

import { HEARTBEATS_TOPIC, topicSpecs } from '@earshot/contracts';
import type { AppendOutcome, EventLog, NewRecord } from '@earshot/event-log';
import { openSqliteEventLog, type SqliteEventLog } from '@earshot/event-log/sqlite';
import { createFaultyLog, createManualClock, type FaultyLog, type ManualClock } from '@earshot/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  APPEND_DEADLINE_MS,
  APPEND_RECORDS_MAX,
  type AppendQueue,
  createAppendQueue,
  QUEUE_BYTES_MAX,
  QUEUE_RECORDS_MAX,
} from './append-queue.ts';

const record = (value: string): NewRecord => ({ topic: HEARTBEATS_TOPIC, partition: 0, key: 'k', value });

describe('createAppendQueue', () => {
  let clock: ManualClock;
  let sqlite: SqliteEventLog;
  let log: FaultyLog;
  let queue: AppendQueue;
  let durations: number[];
  let settled: [string, AppendOutcome][];

  const offer = (value: string): boolean => queue.offer(record(value), (outcome) => settled.push([value, outcome]));
  const offerMany = (count: number): number =>
    Array.from({ length: count }, (_, index) => offer(String(index))).filter(Boolean).length;
  const values = (): readonly (readonly (string | null)[])[] =>
    log.appends().map((records) => records.map(({ value }) => value));
  const codes = (): readonly (string | null)[] =>
    settled.map(([, outcome]) => ('error' in outcome ? outcome.error.code : null));
  const make = (over: Pick<EventLog, 'append'>): AppendQueue =>
    createAppendQueue({ log: over, clock, appended: (durationMs) => durations.push(durationMs) });

  beforeEach(async () => {
    clock = createManualClock();
    sqlite = await openSqliteEventLog({ path: null, maintenanceIntervalMs: null });
    await sqlite.prepare(topicSpecs({ partitions: 1 }));
    log = createFaultyLog(sqlite);
    queue = make(log);
    durations = [];
    settled = [];
  });
  afterEach(() => sqlite.close());

  it('appends a lone record at once, and answers with its position and time', async () => {
    offer('a');
    await queue.drained();
    expect(settled).toEqual([['a', { position: 0, appendedAt: expect.any(Number) }]]);
    expect([queue.records(), clock.waiting(), durations]).toEqual([0, 0, [0]]);
  });

  it('groups what arrived while the one append under way was, first in, first out', async () => {
    log.stallAppends();
    offer('a');
    await clock.advance(0);
    offer('b');
    offer('c');
    await clock.advance(1_000);
    expect(values()).toEqual([['a']]);
    log.heal();
    await queue.drained();
    expect(values()).toEqual([['a'], ['b', 'c']]);
    expect(settled.map(([value]) => value)).toEqual(['a', 'b', 'c']);
    expect(durations).toEqual([1_000, 0]);
  });

  it('gives the log its next group before it answers the last', async () => {
    const seen: number[] = [];
    queue.offer(record('a'), () => seen.push(log.appends().length));
    log.stallAppends();
    await clock.advance(0);
    offer('b');
    log.heal();
    await queue.drained();
    expect(seen).toEqual([2]);
  });

  it('G12 one append has at most APPEND_RECORDS_MAX records', async () => {
    offerMany(APPEND_RECORDS_MAX * 2 + 1);
    await queue.drained();
    expect(log.appends().map(({ length }) => length)).toEqual([APPEND_RECORDS_MAX, APPEND_RECORDS_MAX, 1]);
    expect(settled.map(([value]) => value)).toEqual(settled.map((_, index) => String(index)));
  });

  it('G12 refuses what is over its bound of records, not yet answered ones counted, until there is room', async () => {
    log.stallAppends();
    expect(offerMany(QUEUE_RECORDS_MAX + 10)).toBe(QUEUE_RECORDS_MAX);
    await clock.advance(0);
    expect([offer('more'), queue.records()]).toEqual([false, QUEUE_RECORDS_MAX]);
    log.heal();
    await queue.drained();
    expect(offer('again')).toBe(true);
    await queue.drained();
  });

  it('G12 refuses what is over its bound of bytes', async () => {
    log.stallAppends();
    const megabyte = 'x'.repeat(QUEUE_BYTES_MAX / 8 - 1);
    expect(Array.from({ length: 5 }, () => offer(megabyte))).toEqual([true, true, true, true, false]);
    log.heal();
    await queue.drained();
    expect(offer(megabyte)).toBe(true);
    await queue.drained();
  });

  it('T3 takes knocks when it is full, behind what was there before them', async () => {
    log.stallAppends();
    offerMany(QUEUE_RECORDS_MAX);
    queue.offerKnock(record('knock'), (outcome) => settled.push(['knock', outcome]));
    log.heal();
    await queue.drained();
    expect(settled.at(-1)?.[0]).toBe('knock');
    expect(settled).toHaveLength(QUEUE_RECORDS_MAX + 1);
  });

  it('L8 answers each record with its own outcome', async () => {
    log.refuseAppends(({ value }) => (value === 'bad' ? 'EARSHOT_LOG_RECORD_TOO_LARGE' : null));
    offer('good');
    offer('bad');
    offer('good too');
    await queue.drained();
    expect(codes()).toEqual([null, 'EARSHOT_LOG_RECORD_TOO_LARGE', null]);
  });

  it('L13 gives up an append that is never answered, and goes on with the next', async () => {
    log.stallAppends();
    offer('a');
    await clock.advance(0);
    offer('b');
    await clock.advance(APPEND_DEADLINE_MS - 1);
    expect(codes()).toEqual([]);
    await clock.advance(1);
    expect(codes()).toEqual(['EARSHOT_LOG_TIMEOUT']);
    log.heal();
    await queue.drained();
    expect(codes()).toEqual(['EARSHOT_LOG_TIMEOUT', null]);
  });

  it('answers with a code when the log breaks its word: rejects, or says too little', async () => {
    const answers = [() => Promise.reject(new Error('broken')), () => Promise.resolve([])];
    queue = make({ append: () => answers.shift()?.() ?? Promise.resolve([]) });
    offer('a');
    await queue.drained();
    offer('b');
    await queue.drained();
    expect(codes()).toEqual(['EARSHOT_LOG_UNAVAILABLE', 'EARSHOT_LOG_TIMEOUT']);
  });

  it('L11 refuses what waits when it is closed, and everything after', async () => {
    log.stallAppends();
    offer('a');
    await clock.advance(0);
    offer('b');
    queue.close();
    queue.close();
    expect(offer('c')).toBe(false);
    queue.offerKnock(record('knock'), (outcome) => settled.push(['knock', outcome]));
    expect(codes()).toEqual(['EARSHOT_LOG_CLOSED', 'EARSHOT_LOG_CLOSED']);
    log.heal();
    await queue.drained();
    expect(codes()).toEqual(['EARSHOT_LOG_CLOSED', 'EARSHOT_LOG_CLOSED', null]);
  });
});

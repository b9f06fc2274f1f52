import { copyFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { NewRecord } from '../port/index.ts';
import { openWritingDatabase } from './database.ts';
import { openSqliteEventLog } from './index.ts';
import { createHandClock } from './testing/hand-clock.ts';
import { openTestLog } from './testing/open-test-log.ts';
import { scratchDirectory } from './testing/scratch-directory.ts';

const TOPIC = { name: 'records.v1', partitions: 2, cleanup: { kind: 'delete', retentionMs: 3_600_000 } } as const;

const record = (value: string): NewRecord => ({ topic: TOPIC.name, partition: 0, key: null, value });

describe('the SQLite log', () => {
  it('L1 commits are synced to disk: write-ahead log, synchronous FULL', async () => {
    const path = join(await scratchDirectory(), 'log.db');
    const database = openWritingDatabase({ path, fileBytesMax: null, busyTimeoutMs: 0 });
    onTestFinished(() => database.close());
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  });

  it('L1 L12 what is acknowledged is in the files at that moment: a copy of them has it', async () => {
    const directory = await scratchDirectory();
    const log = await openTestLog({ path: join(directory, 'log.db') });
    await log.prepare([TOPIC]);
    await log.append([record('v0'), record('v1')]);
    for (const name of ['log.db', 'log.db-wal']) copyFileSync(join(directory, name), join(directory, `copy-${name}`));
    const copy = new DatabaseSync(join(directory, 'copy-log.db'));
    onTestFinished(() => copy.close());
    expect(copy.prepare('SELECT value FROM record ORDER BY position').all()).toEqual([
      { value: 'v0' },
      { value: 'v1' },
    ]);
  });

  it('T1 a call is stamped once, when it is written: its partitions share the time', async () => {
    const clock = createHandClock();
    const log = await openTestLog({ path: null, clock });
    await log.prepare([TOPIC]);
    clock.pass(1_234);
    const at = clock.wallNow();
    const outcomes = await log.append([record('v0'), { ...record('v1'), partition: 1 }]);
    expect(outcomes).toEqual([
      { position: 0, appendedAt: at },
      { position: 0, appendedAt: at },
    ]);
  });

  it('L11 close puts the write-ahead log away and leaves the file whole', async () => {
    const directory = await scratchDirectory();
    const path = join(directory, 'log.db');
    const log = await openTestLog({ path, reserveBytes: 4_096 });
    await log.prepare([TOPIC]);
    await log.append([record('v')]);
    await log.close();
    expect(readdirSync(directory).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'log.db',
      'log.db.lock',
      'log.db.reserve',
    ]);
    const database = new DatabaseSync(path, { readOnly: true });
    onTestFinished(() => database.close());
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  });

  it('L11 close ends a long maintenance after its current slice', async () => {
    const clock = createHandClock();
    const log = await openTestLog({ path: join(await scratchDirectory(), 'log.db'), clock });
    await log.prepare([TOPIC]);
    for (let i = 0; i < 20; i += 1) await log.append(Array.from({ length: 1_000 }, (_, j) => record(`${j}`)));
    clock.pass(7_200_000);
    const maintained = log.maintain();
    await log.close();
    await expect(maintained).resolves.toBeUndefined();
  });

  it('nobody but the owner may read the files: they hold credential hashes', async () => {
    const directory = await scratchDirectory();
    const log = await openTestLog({ path: join(directory, 'log.db'), reserveBytes: 4_096 });
    await log.prepare([TOPIC]);
    for (const name of ['log.db', 'log.db-wal', 'log.db-shm', 'log.db.reserve']) {
      expect([name, statSync(join(directory, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
  });

  it('an idle log has no timer but the one of its maintenance', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'] });
    onTestFinished(() => void vi.useRealTimers());
    const log = await openTestLog({ path: join(await scratchDirectory(), 'log.db'), maintenanceIntervalMs: 1_000 });
    await log.prepare([TOPIC]);
    const { promise: read, resolve } = Promise.withResolvers<void>();
    await log.readFrom(TOPIC.name, 0, 0, {
      records: () => resolve(),
      failed: ({ message }) => expect.unreachable(message),
    });
    await log.append([record('v')]);
    await read;
    expect(vi.getTimerCount()).toBe(1);
  });

  it('maintenance runs by itself at its interval', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const clock = createHandClock();
    const log = await openTestLog({ path: null, clock, maintenanceIntervalMs: 1_000 });
    await log.prepare([TOPIC]);
    await log.append([record('v0'), record('v1')]);
    clock.pass(7_200_000);
    await vi.advanceTimersByTimeAsync(999);
    expect((await log.ends(TOPIC.name))[0]?.first).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect((await log.ends(TOPIC.name))[0]?.first).toBe(1);
  });

  it('a file of another layout is refused with a sentence that says what to do', async () => {
    const path = join(await scratchDirectory(), 'log.db');
    const other = new DatabaseSync(path);
    other.exec('PRAGMA user_version = 99');
    other.close();
    const opening = openSqliteEventLog({ path });
    await expect(opening).rejects.toMatchObject({
      code: 'EARSHOT_LOG_UNAVAILABLE',
      message: /layout 99.*start the version/u,
    });
    await expect(openSqliteEventLog({ path })).rejects.toMatchObject({ code: 'EARSHOT_LOG_UNAVAILABLE' });
  });

  it('another kind of cleanup is a coded refusal, and nothing of that call is taken over', async () => {
    const log = await openTestLog({ path: null });
    await log.prepare([TOPIC]);
    const compacted = { ...TOPIC, cleanup: { kind: 'compact', minCompactionLagMs: 0 } } as const;
    await expect(log.prepare([{ ...TOPIC, name: 'new.v1' }, compacted])).rejects.toMatchObject({
      code: 'EARSHOT_LOG_TOPIC_MISMATCH',
    });
    await expect(log.ends('new.v1')).rejects.toMatchObject({ code: 'EARSHOT_LOG_UNKNOWN_TOPIC' });
  });

  it('a position that is no whole number is a programmer error', async () => {
    const log = await openTestLog({ path: null });
    await log.prepare([TOPIC]);
    const handler = { records: () => expect.unreachable(), failed: () => expect.unreachable() };
    await expect(log.readFrom(TOPIC.name, 0, 0.5, handler)).rejects.toThrow(RangeError);
  });
});

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { NewRecord } from '../port/index.ts';
import type { SqliteEventLog } from './index.ts';
import { openTestLog } from './testing/open-test-log.ts';
import { scratchDirectory } from './testing/scratch-directory.ts';

const DEADLINE_MS = 5_000;
const TOPIC = { name: 'records.v1', partitions: 1, cleanup: { kind: 'delete', retentionMs: 3_600_000 } } as const;

const record = (value: string): NewRecord => ({ topic: TOPIC.name, partition: 0, key: null, value });

/** A log whose writer hangs until `goOn`, since somebody else holds the file's lock. Timers are in the test's hand. */
const openStalled = async (): Promise<{ log: SqliteEventLog; goOn: () => void }> => {
  const path = join(await scratchDirectory(), 'log.db');
  const log = await openTestLog({ path, appendDeadlineMs: DEADLINE_MS });
  await log.prepare([TOPIC]);
  const holder = new DatabaseSync(path);
  const goOn = (): void => {
    if (holder.isOpen) holder.close();
    vi.useRealTimers();
  };
  onTestFinished(goOn);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  holder.exec('BEGIN IMMEDIATE');
  return { log, goOn };
};

describe('a disk that hangs', () => {
  it('L13 an append waits until just before its deadline and is answered at it', async () => {
    const { log } = await openStalled();
    let isAnswered = false;
    const answered = log.append([record('v')]).then((outcomes) => {
      isAnswered = true;
      return outcomes;
    });
    await vi.advanceTimersByTimeAsync(DEADLINE_MS - 1);
    expect(isAnswered).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await answered).toMatchObject([{ error: { code: 'EARSHOT_LOG_TIMEOUT', mayHaveLanded: true } }]);
  });

  it('L13 a call that never reached the disk has not landed, says so, and never will', async () => {
    const { log, goOn } = await openStalled();
    const first = log.append([record('first')]);
    const second = log.append([record('second')]);
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(await first).toMatchObject([{ error: { mayHaveLanded: true } }]);
    expect(await second).toMatchObject([{ error: { code: 'EARSHOT_LOG_TIMEOUT', mayHaveLanded: false } }]);
    goOn();
    expect(await log.append([record('third')])).toMatchObject([{ position: 1 }]);
  });

  it('H36 what lands after its deadline reaches readers', async () => {
    const { log, goOn } = await openStalled();
    const { promise: read, resolve } = Promise.withResolvers<string | null | undefined>();
    await log.readFrom(TOPIC.name, 0, 0, {
      records: ({ records }) => resolve(records[0]?.value),
      failed: ({ message }) => expect.unreachable(message),
    });
    const call = log.append([record('late')]);
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    await call;
    goOn();
    expect(await read).toBe('late');
  });

  it('H14 the event loop turns and readers read while the disk hangs', async () => {
    const { log } = await openStalled();
    const call = log.append([record('v')]);
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    expect(await log.ends(TOPIC.name)).toEqual([{ partition: 0, first: 0, end: 0 }]);
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    await call;
  });

  it('L13 what is offered while too much waits is refused at once', async () => {
    const { log } = await openStalled();
    const calls = Array.from({ length: 3 }, () => log.append(Array.from({ length: 60_000 }, () => record('v'))));
    const refused = await calls[2]!;
    expect(refused).toHaveLength(60_000);
    expect(refused[0]).toMatchObject({ error: { code: 'EARSHOT_LOG_UNAVAILABLE', mayHaveLanded: false } });
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    await Promise.all(calls);
  });

  it('L11 close ends although the disk hangs', async () => {
    const { log } = await openStalled();
    const call = log.append([record('v')]);
    const closed = log.close();
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    await call;
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    await closed;
  });
});

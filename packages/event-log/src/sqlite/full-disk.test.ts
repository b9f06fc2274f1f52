import { execFile } from 'node:child_process';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, type TestContext } from 'vitest';
import type { AppendOutcome, NewRecord } from '../port/index.ts';
import { openSqliteEventLog, type SqliteEventLog } from './index.ts';
import { createHandClock } from './testing/hand-clock.ts';
import { openTestLog } from './testing/open-test-log.ts';
import { scratchDirectory } from './testing/scratch-directory.ts';

const run = promisify(execFile);
const MIB = 1_048_576;
const HOUR_MS = 3_600_000;
const TOPIC = { name: 'records.v1', partitions: 1, cleanup: { kind: 'delete', retentionMs: HOUR_MS } } as const;

/** A file system of 16 MiB for this test; without the right to mount one the test is skipped aloud. */
const smallDisk = async (context: TestContext): Promise<string> => {
  const directory = join(await scratchDirectory(), 'disk');
  await mkdir(directory);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'none', directory]);
  } catch (error) {
    const reason = `no small disk can be mounted here: ${error instanceof Error ? error.message : String(error)}`;
    process.stderr.write(`not proven here: ${context.task.fullName}: ${reason}\n`);
    context.skip(reason);
  }
  onTestFinished(async () => void (await run('umount', [directory])));
  return directory;
};

const record = (i: number): NewRecord => ({
  topic: TOPIC.name,
  partition: 0,
  key: null,
  value: `${i} ${'x'.repeat(2_000)}`,
});

/** Appends in groups until the disk is full; answers the outcomes of the refused call, and how many landed before. */
const fillDisk = async (log: SqliteEventLog): Promise<{ refused: readonly AppendOutcome[]; landed: number }> => {
  for (let landed = 0; ; landed += 50) {
    const outcomes = await log.append(Array.from({ length: 50 }, (_, i) => record(landed + i)));
    if (outcomes.some((outcome) => 'error' in outcome)) return { refused: outcomes, landed };
  }
};

const readAll = async (log: SqliteEventLog): Promise<readonly (string | null)[]> => {
  const values: (string | null)[] = [];
  const { first, end } = (await log.ends(TOPIC.name))[0]!;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const reading = await log.readFrom(TOPIC.name, 0, first, {
    records: (batch) => {
      values.push(...batch.records.map(({ value }) => value));
      if (values.length === end - first) resolve();
    },
    failed: reject,
  });
  await promise;
  await reading.stop();
  return values;
};

describe('a disk that is really full', () => {
  it('L8 H21 appends are refused by their code, all that landed is there, also after opening anew', async (context) => {
    const path = join(await smallDisk(context), 'log.db');
    const log = await openTestLog({ path });
    await log.prepare([TOPIC]);
    const { refused, landed } = await fillDisk(log);
    expect(refused).toHaveLength(50);
    for (const outcome of refused) expect(outcome).toHaveProperty('error.code', 'EARSHOT_LOG_FULL');
    const values = Array.from({ length: landed }, (_, i) => record(i).value);
    expect(await readAll(log)).toEqual(values);
    await log.close();
    expect(await readAll(await openTestLog({ path }))).toEqual(values);
  });

  it('L8 H21 the log takes records by itself when somebody else makes room', async (context) => {
    const directory = await smallDisk(context);
    const other = join(directory, 'other');
    await writeFile(other, Buffer.alloc(4 * MIB, 1));
    const log = await openTestLog({ path: join(directory, 'log.db') });
    await log.prepare([TOPIC]);
    const { landed } = await fillDisk(log);
    await writeFile(other, '');
    expect(await log.append([record(landed)])).toMatchObject([{ position: landed }]);
  });

  it('L8 H21 retention makes room on a full disk with nobody else helping', async (context) => {
    const clock = createHandClock();
    const path = join(await smallDisk(context), 'log.db');
    const log = await openTestLog({ path, clock, reserveBytes: 5 * MIB });
    await log.prepare([TOPIC]);
    const { landed } = await fillDisk(log);
    clock.pass(2 * HOUR_MS);
    await log.maintain();
    expect((await log.ends(TOPIC.name))[0]).toMatchObject({ first: landed - 1, end: landed });
    const again = Array.from({ length: 500 }, (_, i) => record(i));
    const outcomes = await log.append(again);
    expect(outcomes.map((outcome) => ('position' in outcome ? outcome.position : outcome.error.code))).toEqual(
      again.map((_, i) => landed + i),
    );
  });

  it('L8 H21 a log opens on a full disk: its reserve gives the room', async (context) => {
    const directory = await smallDisk(context);
    const path = join(directory, 'log.db');
    const log = await openTestLog({ path, reserveBytes: MIB });
    await log.prepare([TOPIC]);
    await log.append([record(0)]);
    await log.close();
    // Writes until there is no room for another byte.
    await expect(writeFile(join(directory, 'other'), Buffer.alloc(32 * MIB, 1))).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    await expect(openSqliteEventLog({ path, reserveBytes: 0 })).rejects.toMatchObject({
      code: 'EARSHOT_LOG_UNAVAILABLE',
    });
    const again = await openTestLog({ path, reserveBytes: MIB });
    expect(await readAll(again)).toEqual([record(0).value]);
    expect(await again.append([record(1)])).toMatchObject([{ position: 1 }]);
  });

  it('a disk with room for the log but not for the reserve opens without it', async (context) => {
    const directory = await smallDisk(context);
    const log = await openSqliteEventLog({ path: join(directory, 'log.db'), reserveBytes: 64 * MIB });
    await log.prepare([TOPIC]);
    expect(await log.append([record(0)])).toMatchObject([{ position: 0 }]);
    await log.close();
    await expect(stat(join(directory, 'log.db.reserve'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

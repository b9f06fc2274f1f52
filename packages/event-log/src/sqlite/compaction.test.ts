import fc from 'fast-check';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LogRecord } from '../port/index.ts';
import { TOMBSTONE_RETENTION_MS } from './compaction.ts';
import type { SqliteEventLog } from './index.ts';
import { SLICE_RECORDS_MAX } from './retention.ts';
import { createHandClock, type HandClock } from './testing/hand-clock.ts';
import { openTestLog } from './testing/open-test-log.ts';
import { scratchDirectory } from './testing/scratch-directory.ts';

const HOUR_MS = 3_600_000;
const TOPIC = 'table.v1';

const openTable = async (minCompactionLagMs: number): Promise<{ log: SqliteEventLog; clock: HandClock }> => {
  const clock = createHandClock();
  const log = await openTestLog({ path: null, clock });
  await log.prepare([{ name: TOPIC, partitions: 1, cleanup: { kind: 'compact', minCompactionLagMs } }]);
  return { log, clock };
};

const change = async (
  log: SqliteEventLog,
  ...changes: readonly (readonly [string, string | null])[]
): Promise<void> => {
  await log.append(changes.map(([key, value]) => ({ topic: TOPIC, partition: 0, key, value })));
};

/** What is left: everything a table reader gets. */
const left = async (log: SqliteEventLog): Promise<readonly LogRecord[]> => {
  const records: LogRecord[] = [];
  const reading = await log.readTable(TOPIC, 0, {
    changed: (changes) => void records.push(...changes),
    failed: (error) => expect.unreachable(error.message),
  });
  await reading.stop();
  return records;
};

const positionsLeft = async (log: SqliteEventLog): Promise<readonly number[]> =>
  (await left(log)).map(({ position }) => position);

describe('compaction', () => {
  it('L14 keeps the newest record of each key', async () => {
    const { log } = await openTable(0);
    await change(log, ['a', '0'], ['b', '1'], ['a', '2'], ['c', '3'], ['a', '4'], ['b', '5'], ['d', '6']);
    await log.maintain();
    expect(await positionsLeft(log)).toEqual([3, 4, 5, 6]);
  });

  it('L14 removes only what is older than the lag', async () => {
    const { log, clock } = await openTable(10 * HOUR_MS);
    await change(log, ['a', '0']);
    clock.pass(6 * HOUR_MS);
    await change(log, ['a', '1']);
    await change(log, ['a', '2']);
    clock.pass(4 * HOUR_MS - 1);
    await log.maintain();
    expect(await positionsLeft(log)).toEqual([0, 1, 2]);
    clock.pass(1);
    await log.maintain();
    expect(await positionsLeft(log)).toEqual([1, 2]);
    clock.pass(6 * HOUR_MS);
    await log.maintain();
    expect(await positionsLeft(log)).toEqual([2]);
  });

  it('L14 a tombstone stays for a day, so that readers learn that the key is gone, then goes', async () => {
    const { log, clock } = await openTable(0);
    await change(log, ['a', '0'], ['a', null]);
    await change(log, ['b', '2']);
    clock.pass(TOMBSTONE_RETENTION_MS - 1);
    await log.maintain();
    expect(await positionsLeft(log)).toEqual([1, 2]);
    clock.pass(1);
    await log.maintain();
    expect(await positionsLeft(log)).toEqual([2]);
  });

  it('L14 a key that came back after its tombstone stays', async () => {
    const { log, clock } = await openTable(0);
    await change(log, ['a', '0'], ['a', null], ['a', '2'], ['b', '3']);
    clock.pass(2 * TOMBSTONE_RETENTION_MS);
    await log.maintain();
    expect(await positionsLeft(log)).toEqual([2, 3]);
    await change(log, ['a', '4']);
    await log.maintain();
    expect(await positionsLeft(log)).toEqual([3, 4]);
  });

  it('L14 a key that comes back after its tombstone is gone begins anew', async () => {
    const { log, clock } = await openTable(0);
    await change(log, ['a', null], ['b', '1']);
    clock.pass(TOMBSTONE_RETENTION_MS);
    await log.maintain();
    await change(log, ['a', '2'], ['a', '3']);
    await log.maintain();
    expect(await positionsLeft(log)).toEqual([1, 3]);
  });

  it('L14 the newest record of a partition stays, a tombstone too, so that positions go on', async () => {
    const { log, clock } = await openTable(0);
    await change(log, ['a', '0'], ['a', null]);
    clock.pass(2 * TOMBSTONE_RETENTION_MS);
    await log.maintain();
    expect(await positionsLeft(log)).toEqual([1]);
    await change(log, ['b', '2']);
    await log.maintain();
    expect(await positionsLeft(log)).toEqual([2]);
  });

  it('L14 nothing is left behind of a key that is gone', async () => {
    const path = join(await scratchDirectory(), 'log.db');
    const clock = createHandClock();
    const log = await openTestLog({ path, clock });
    await log.prepare([{ name: TOPIC, partitions: 1, cleanup: { kind: 'compact', minCompactionLagMs: 0 } }]);
    await change(log, ['a', '0'], ['a', null], ['b', '2']);
    clock.pass(TOMBSTONE_RETENTION_MS);
    await log.maintain();
    const database = new DatabaseSync(path, { readOnly: true });
    onTestFinished(() => database.close());
    expect(database.prepare('SELECT key FROM newest').all()).toEqual([{ key: 'b' }]);
    expect(database.prepare('SELECT position FROM removable').all()).toEqual([]);
  });

  it('L14 removes more than a slice in one run', async () => {
    const { log } = await openTable(0);
    const count = 2 * SLICE_RECORDS_MAX + 1;
    await change(log, ...Array.from({ length: count }, (_, i) => ['a', `${i}`] as const));
    await log.maintain();
    expect(await positionsLeft(log)).toEqual([count - 1]);
  });

  it('L14 the table read after any history is the same with and without compaction', async () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const step = fc.oneof(
      fc.record({ key, value: fc.option(fc.string({ maxLength: 3 })) }),
      fc.constantFrom('maintain' as const, 'pass' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { log, clock } = await openTable(HOUR_MS);
        const expected = new Map<string, string>();
        for (const each of steps) {
          if (each === 'maintain') await log.maintain();
          else if (each === 'pass') clock.pass(TOMBSTONE_RETENTION_MS / 2);
          else {
            await change(log, [each.key, each.value]);
            if (each.value === null) expected.delete(each.key);
            else expected.set(each.key, each.value);
          }
        }
        await log.maintain();
        const table = new Map((await left(log)).map((record) => [record.key, record.value]));
        expect(new Map([...table].filter(([, value]) => value !== null))).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

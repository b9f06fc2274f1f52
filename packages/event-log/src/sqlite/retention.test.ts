import { describe, expect, it } from 'vitest';
import type { NewRecord } from '../port/index.ts';
import type { SqliteEventLog } from './index.ts';
import { retentionCut, SLICE_RECORDS_MAX, type AgedRecord } from './retention.ts';
import { createHandClock } from './testing/hand-clock.ts';
import { openTestLog } from './testing/open-test-log.ts';

const MINUTE_MS = 60_000;
const TOPIC = 'records.v1';

const record = (partition = 0, bytes = 10): NewRecord => ({
  topic: TOPIC,
  partition,
  key: null,
  value: 'x'.repeat(bytes),
});

const firstPositions = async (log: SqliteEventLog): Promise<readonly number[]> =>
  (await log.ends(TOPIC)).map(({ first }) => first);

describe('retentionCut', () => {
  const oldest: readonly AgedRecord[] = [100, 200, 300].map((appendedAt, i) => ({
    position: i + 7,
    appendedAt,
    bytes: 50,
  }));

  it.each([
    ['nothing too old and nothing too much: nothing goes', 100, 0, null],
    ['a record of exactly the age stays, an older one goes', 200, 0, { position: 7, bytes: 50 }],
    ['bytes in excess take whole records', 0, 51, { position: 8, bytes: 100 }],
    ['the stricter bound wins', 150, 101, { position: 9, bytes: 150 }],
    ['everything goes that is there', 1_000, 0, { position: 9, bytes: 150 }],
  ])('%s', (_, cutoff, excessBytes, cut) => {
    expect(retentionCut(oldest, { cutoff, excessBytes })).toEqual(cut);
  });

  it('reads no further than it must', () => {
    const read: number[] = [];
    const reading = function* (): Generator<AgedRecord> {
      for (const each of oldest) {
        read.push(each.position);
        yield each;
      }
    };
    retentionCut(reading(), { cutoff: 150, excessBytes: 0 });
    expect(read).toEqual([7, 8]);
  });
});

describe('retention', () => {
  it('removes what is older than the retention in log time, partition by partition', async () => {
    const clock = createHandClock();
    const log = await openTestLog({ path: null, clock });
    await log.prepare([{ name: TOPIC, partitions: 2, cleanup: { kind: 'delete', retentionMs: 10 * MINUTE_MS } }]);
    for (let minute = 0; minute < 15; minute += 1) {
      await log.append([record(0), ...(minute < 3 ? [record(1)] : [])]);
      clock.pass(MINUTE_MS);
    }
    await log.maintain();
    expect(await firstPositions(log)).toEqual([5, 2]);
  });

  it('keeps the newest record of a partition whatever its age, so that positions go on', async () => {
    const clock = createHandClock();
    const log = await openTestLog({ path: null, clock });
    await log.prepare([{ name: TOPIC, partitions: 1, cleanup: { kind: 'delete', retentionMs: MINUTE_MS } }]);
    await log.append(Array.from({ length: 5 }, () => record()));
    clock.pass(1_000 * MINUTE_MS);
    await log.maintain();
    expect(await log.ends(TOPIC)).toEqual([{ partition: 0, first: 4, end: 5 }]);
  });

  it('keeps each partition within its share of the bytes, however much is removed at once', async () => {
    const log = await openTestLog({ path: null });
    const cleanup = { kind: 'delete', retentionMs: 1_000 * MINUTE_MS, retentionBytes: 400_000 } as const;
    await log.prepare([{ name: TOPIC, partitions: 2, cleanup }]);
    const count = 2 * SLICE_RECORDS_MAX + 500;
    for (let i = 0; i < count; i += 500) await log.append(Array.from({ length: 500 }, () => record(0, 960)));
    await log.append([record(1)]);
    await log.maintain();
    // 200,000 bytes for the partition, 1,000 for a record with what it costs beside its value.
    expect(await firstPositions(log)).toEqual([count - 200, 0]);
    await log.append([record(0, 960), record(0, 960)]);
    await log.maintain();
    expect(await firstPositions(log)).toEqual([count - 198, 0]);
  });

  it('counts bytes right when age has removed part of them', async () => {
    const clock = createHandClock();
    const log = await openTestLog({ path: null, clock });
    const cleanup = { kind: 'delete', retentionMs: MINUTE_MS, retentionBytes: 10_000 } as const;
    await log.prepare([{ name: TOPIC, partitions: 1, cleanup }]);
    for (let round = 0; round < 5; round += 1) {
      await log.append(Array.from({ length: 8 }, () => record(0, 960)));
      await log.maintain();
      clock.pass(2 * MINUTE_MS);
    }
    await log.append(Array.from({ length: 9 }, () => record(0, 960)));
    await log.maintain();
    expect(await firstPositions(log)).toEqual([40]);
    await log.append([record(0, 960), record(0, 960)]);
    await log.maintain();
    expect(await firstPositions(log)).toEqual([41]);
  });

  it('a retention changed by prepare counts from the next run on', async () => {
    const clock = createHandClock();
    const log = await openTestLog({ path: null, clock });
    const prepare = (retentionMs: number): Promise<void> =>
      log.prepare([{ name: TOPIC, partitions: 1, cleanup: { kind: 'delete', retentionMs } }]);
    await prepare(100 * MINUTE_MS);
    await log.append([record(), record()]);
    clock.pass(10 * MINUTE_MS);
    await log.maintain();
    expect(await firstPositions(log)).toEqual([0]);
    await prepare(5 * MINUTE_MS);
    await log.maintain();
    expect(await firstPositions(log)).toEqual([1]);
  });

  it('L2 appends get through while much is being removed', async () => {
    const clock = createHandClock();
    const log = await openTestLog({ path: null, clock });
    await log.prepare([{ name: TOPIC, partitions: 1, cleanup: { kind: 'delete', retentionMs: MINUTE_MS } }]);
    for (let i = 0; i < 20; i += 1) await log.append(Array.from({ length: SLICE_RECORDS_MAX }, () => record()));
    clock.pass(2 * MINUTE_MS);
    let isRemoved = false;
    const removed = log.maintain().then(() => (isRemoved = true));
    await log.append([record()]);
    expect(isRemoved).toBe(false);
    await removed;
  });
});

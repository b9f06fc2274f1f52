import { expect } from 'vitest';
import type { EventLogHarness } from './harness.ts';
import { describeTheme } from './scene.ts';
import { append, changeOf, codeOf, readAll, recordOf, RECORDS, recordsOf, TABLE, valuesOf } from './topics.ts';

const HOUR_MS = 3_600_000;

/** Keys and values that have broken something somewhere. */
const HOSTILE = [
  'partition',
  '0/1',
  '__proto__',
  'de:ad:be:ef:00:01',
  '🦉',
  '𝔘'.repeat(255),
  ' space ',
  `quote"'\\`,
  '%00',
  '\u200b',
];

/** A record for which a full disk has no room, whatever is left in half-filled pages. */
const LARGE_VALUE = 'x'.repeat(16_384);

export const appendingGuarantees = (name: string, harness: EventLogHarness): void =>
  describeTheme(name, harness, (guarantee) => {
    guarantee(
      'L1 each record of a call gets its own position and the time under which readers find it',
      async (scene) => {
        await scene.log.prepare([RECORDS]);
        const offered = [0, 2, 0, 1, 2, 0].map((partition, i) => recordOf(partition, `v${i}`));
        const landed = await append(scene.log, offered);
        expect(landed.map(({ position }) => position)).toEqual([0, 0, 1, 0, 1, 2]);
        for (const [i, { partition, value }] of offered.entries()) {
          const { position, appendedAt } = landed[i]!;
          const found = (await readAll(scene.log, partition)).find((record) => record.position === position);
          expect(found).toEqual({ position, appendedAt, key: 'key', value });
        }
      },
    );

    guarantee('L1 positions go on without a gap from call to call', async ({ log }) => {
      await log.prepare([RECORDS]);
      const positions: number[] = [];
      for (const size of [1, 7, 64, 500, 1]) {
        const landed = await append(log, recordsOf(1, size));
        positions.push(...landed.map(({ position }) => position));
      }
      expect(positions).toEqual(Array.from({ length: 573 }, (_, i) => i));
    });

    guarantee(
      'L1 the time of a record is whole milliseconds and never decreases while the clock is left alone',
      async ({ log }) => {
        await log.prepare([RECORDS]);
        const times: number[] = [];
        for (let i = 0; i < 50; i += 1) times.push((await append(log, recordsOf(0, 1)))[0]!.appendedAt);
        expect(times.every(Number.isSafeInteger)).toBe(true);
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      },
    );

    guarantee('L1 hostile keys and values come back as they were', async ({ log }) => {
      await log.prepare([RECORDS]);
      await append(log, [...HOSTILE.map((text) => recordOf(0, text, text)), recordOf(0, 'no key', null)]);
      const found = (await readAll(log, 0)).map(({ key, value }) => [key, value]);
      expect(found).toEqual([...HOSTILE.map((text) => [text, text]), [null, 'no key']]);
    });

    guarantee('L1 appending nothing answers nothing', async ({ log }) => {
      expect(await log.append([])).toEqual([]);
    });

    guarantee('L2 order within a partition is the order of the calls, overlapping ones included', async ({ log }) => {
      await log.prepare([RECORDS]);
      const calls = Array.from({ length: 40 }, (_, i) => append(log, recordsOf(0, (i % 3) + 1, `call ${i} `)));
      await Promise.all(calls);
      const expected = Array.from({ length: 40 }, (_, i) => valuesOf((i % 3) + 1, `call ${i} `)).flat();
      expect((await readAll(log, 0)).map(({ value }) => value)).toEqual(expected);
    });

    guarantee('L2 a log clock set back is reported as it is, or the log never steps back', async (scene) => {
      const clock = scene.need(scene.storage.clock);
      await scene.log.prepare([RECORDS]);
      const before = (await append(scene.log, recordsOf(0, 1)))[0]!.appendedAt;
      clock.set(-HOUR_MS);
      clock.pass(1_000);
      const after = (await append(scene.log, recordsOf(0, 1)))[0]!.appendedAt;
      expect(after - before).toBe(clock.setBackIs === 'reported' ? 1_000 - HOUR_MS : 1_000);
      expect((await readAll(scene.log, 0)).map(({ appendedAt }) => appendedAt)).toEqual([before, after]);
    });

    guarantee('L2 a log clock set forward shows at once', async (scene) => {
      const clock = scene.need(scene.storage.clock);
      await scene.log.prepare([RECORDS]);
      const before = (await append(scene.log, recordsOf(0, 1)))[0]!.appendedAt;
      clock.set(HOUR_MS);
      const after = (await append(scene.log, recordsOf(0, 1)))[0]!.appendedAt;
      expect(after - before).toBe(HOUR_MS);
    });

    guarantee(
      'L8 a record too large is refused by its code and the others of its call land',
      async ({ log, limits }) => {
        await log.prepare([RECORDS]);
        const outcomes = await log.append([
          recordOf(0, 'before'),
          recordOf(0, 'x'.repeat(limits.recordBytesMax)),
          recordOf(0, 'after'),
        ]);
        expect(outcomes.map(codeOf)).toEqual(['landed at 0', 'EARSHOT_LOG_RECORD_TOO_LARGE', 'landed at 1']);
        expect((await readAll(log, 0)).map(({ value }) => value)).toEqual(['before', 'after']);
      },
    );

    guarantee(
      'L8 the size that counts is bytes of UTF-8, and a record of just that size lands',
      async ({ log, limits }) => {
        await log.prepare([RECORDS]);
        const exact = recordOf(0, 'x'.repeat(limits.recordBytesMax - 3), 'key');
        const outcomes = await log.append([exact, recordOf(0, 'é'.repeat(limits.recordBytesMax - 4), 'key')]);
        expect(outcomes.map(codeOf)).toEqual(['landed at 0', 'EARSHOT_LOG_RECORD_TOO_LARGE']);
        expect((await readAll(log, 0)).map(({ value }) => value?.length)).toEqual([limits.recordBytesMax - 3]);
      },
    );

    guarantee(
      'L8 a topic or partition that does not exist is refused by its code and the others of its call land',
      async ({ log }) => {
        await log.prepare([RECORDS]);
        const outcomes = await log.append([
          recordOf(3, 'no such partition'),
          recordOf(-1, 'no such partition'),
          { ...recordOf(0, 'no such topic'), topic: 'unheard.v1' },
          recordOf(2, 'fine'),
        ]);
        const unknown = 'EARSHOT_LOG_UNKNOWN_TOPIC';
        expect(outcomes.map(codeOf)).toEqual([unknown, unknown, unknown, 'landed at 0']);
      },
    );

    guarantee('L8 a full disk is told by its code, nothing acknowledged is lost, reading goes on', async (scene) => {
      const fullDisk = scene.need(scene.storage.fullDisk);
      await scene.log.prepare([RECORDS]);
      await append(scene.log, recordsOf(0, 20));
      await fullDisk.begin(scene.log);
      const outcomes = await scene.log.append([recordOf(0, LARGE_VALUE), recordOf(1, LARGE_VALUE)]);
      expect(outcomes.map(codeOf)).toEqual(['EARSHOT_LOG_FULL', 'EARSHOT_LOG_FULL']);
      expect((await readAll(scene.log, 0)).map(({ value }) => value)).toEqual(valuesOf(20));
    });

    guarantee(
      'L8 when there is room again the log takes records by itself, and no position was used up',
      async (scene) => {
        const fullDisk = scene.need(scene.storage.fullDisk);
        await scene.log.prepare([RECORDS]);
        await append(scene.log, recordsOf(0, 20));
        await fullDisk.begin(scene.log);
        await scene.log.append([recordOf(0, LARGE_VALUE)]);
        await fullDisk.end(scene.log);
        expect((await append(scene.log, [recordOf(0, LARGE_VALUE)])).map(({ position }) => position)).toEqual([20]);
        expect((await readAll(scene.log, 0)).map(({ position }) => position)).toEqual(
          Array.from({ length: 21 }, (_, i) => i),
        );
      },
    );

    guarantee('L8 one partition that cannot take records does not fail the others', async (scene) => {
      const broken = scene.need(scene.storage.brokenPartition);
      await scene.log.prepare([RECORDS]);
      await broken.begin(RECORDS.name, 1);
      // What was sent together with it may fail once; from then on partitions stand for themselves.
      await scene.log.append([recordOf(0, 'first'), recordOf(1, 'first')]);
      const outcomes = await scene.log.append([recordOf(0, 'second'), recordOf(1, 'second')]);
      expect(outcomes[0]).toHaveProperty('position');
      expect(outcomes[1]).toHaveProperty('error');
      await broken.end();
    });

    guarantee(
      'L13 a log that hangs answers appends by the deadline, and says that they may have landed',
      async (scene) => {
        const stall = scene.need(scene.storage.stall);
        await scene.log.prepare([RECORDS]);
        await stall.begin();
        const calls = [scene.log.append(recordsOf(0, 2, 'first ')), scene.log.append(recordsOf(0, 1, 'second '))];
        await stall.pass(scene.limits.appendDeadlineMs);
        const outcomes = (await Promise.all(calls)).flat();
        await stall.end();
        expect(outcomes.map(codeOf)).toEqual(outcomes.map(() => 'EARSHOT_LOG_TIMEOUT'));
        expect(outcomes[0]).toHaveProperty('error.mayHaveLanded', true);
      },
    );

    guarantee('L13 what timed out lands once or never, and the log goes on', async (scene) => {
      const stall = scene.need(scene.storage.stall);
      await scene.log.prepare([RECORDS]);
      await stall.begin();
      const call = scene.log.append([recordOf(0, 'late')]);
      await stall.pass(scene.limits.appendDeadlineMs);
      await call;
      await stall.end();
      await append(scene.log, [recordOf(0, 'after')]);
      const values = (await readAll(scene.log, 0)).map(({ value }) => value);
      expect([['after'], ['late', 'after']]).toContainEqual(values);
    });

    guarantee('L14 a record without a key is refused in a compacted topic', async ({ log }) => {
      await log.prepare([TABLE]);
      await expect(log.append([{ ...changeOf('', 'v'), key: null }])).rejects.toThrow(TypeError);
      expect(await readAll(log, 0, TABLE.name)).toEqual([]);
    });
  });

import { expect } from 'vitest';
import type { EventLogHarness } from './harness.ts';
import { letTurnsPass, recordReader } from './recorders.ts';
import { describeTheme } from './scene.ts';
import { append, errorOf, readAll, recordOf, RECORDS, recordsOf, valuesOf } from './topics.ts';

export const readingGuarantees = (name: string, harness: EventLogHarness): void =>
  describeTheme(name, harness, (guarantee) => {
    guarantee('L3 a reader gets every acknowledged record in order while appends go on', async ({ log }) => {
      await log.prepare([RECORDS]);
      const reader = recordReader();
      await log.readFrom(RECORDS.name, 0, 0, reader.handler);
      for (let i = 0; i < 100; i += 1) await append(log, recordsOf(0, (i % 7) + 1, `${i}/`));
      const expected = Array.from({ length: 100 }, (_, i) => valuesOf((i % 7) + 1, `${i}/`)).flat();
      await reader.untilCount(expected.length);
      expect(reader.values()).toEqual(expected);
      expect(reader.records.map(({ position }) => position)).toEqual(expected.map((_, i) => i));
    });

    guarantee('L3 a reader at the end gets what comes after, and nothing before', async ({ log }) => {
      await log.prepare([RECORDS]);
      await append(log, recordsOf(0, 5, 'before '));
      const reader = recordReader();
      await log.readFrom(RECORDS.name, 0, 5, reader.handler);
      await append(log, [recordOf(1, 'elsewhere'), ...recordsOf(0, 2, 'after ')]);
      await reader.untilCount(2);
      expect(reader.values()).toEqual(['after 0', 'after 1']);
    });

    guarantee('L4 a reader starts at any position retained', async ({ log }) => {
      await log.prepare([RECORDS]);
      await append(log, recordsOf(2, 10));
      for (const from of [0, 1, 4, 9]) {
        const reader = recordReader();
        const reading = await log.readFrom(RECORDS.name, 2, from, reader.handler);
        await reader.untilCount(10 - from);
        expect(reader.values()).toEqual(valuesOf(10).slice(from));
        await reading.stop();
      }
    });

    guarantee('L4 a position beyond the end is refused by its code, with the end', async ({ log }) => {
      await log.prepare([RECORDS]);
      await append(log, recordsOf(0, 3));
      const error = await errorOf(log.readFrom(RECORDS.name, 0, 4, recordReader().handler));
      expect(error).toMatchObject({ code: 'EARSHOT_LOG_POSITION_BEYOND_END', end: 3 });
    });

    guarantee('L4 a position no longer retained is refused by its code, with the oldest that is', async (scene) => {
      const expire = scene.need(scene.storage.expire);
      const { log } = scene;
      await log.prepare([RECORDS]);
      await append(log, recordsOf(0, 10));
      await expire(log, RECORDS.name);
      const { first } = (await log.ends(RECORDS.name))[0]!;
      expect(first).toBeGreaterThan(0);
      const error = await errorOf(log.readFrom(RECORDS.name, 0, first - 1, recordReader().handler));
      expect(error).toMatchObject({ code: 'EARSHOT_LOG_POSITION_EXPIRED', oldest: first });
      const reader = recordReader();
      await log.readFrom(RECORDS.name, 0, first, reader.handler);
      await append(log, [recordOf(0, 'next')]);
      await reader.until(() => reader.values().includes('next'));
      expect(reader.records[0]?.position).toBe(first);
    });

    guarantee('L4 retention that overtakes a reader stops it with a code, never skips silently', async (scene) => {
      const expire = scene.need(scene.storage.expire);
      const { log, limits } = scene;
      await log.prepare([RECORDS]);
      const count = limits.batchRecordsMax + 10;
      await append(log, recordsOf(0, count));
      const { promise: expired, resolve: goOn } = Promise.withResolvers<void>();
      const reader = recordReader(() => expired);
      await log.readFrom(RECORDS.name, 0, 0, reader.handler);
      await reader.until(() => reader.batches.length === 1);
      await expire(log, RECORDS.name);
      goOn();
      await reader.until(() => reader.failures.length > 0 || reader.records.length === count);
      const { first } = (await log.ends(RECORDS.name))[0]!;
      // A reader may have had the rest in its hands already; what it must not do is to go on behind a gap.
      expect(reader.values()).toEqual(valuesOf(reader.records.length));
      if (reader.failures.length > 0) {
        expect(reader.failures[0]).toMatchObject({ code: 'EARSHOT_LOG_POSITION_EXPIRED', oldest: first });
      }
    });

    guarantee('L4 positions go on after everything old has expired: none is given twice', async (scene) => {
      const expire = scene.need(scene.storage.expire);
      await scene.log.prepare([RECORDS]);
      await append(scene.log, recordsOf(0, 10));
      await expire(scene.log, RECORDS.name);
      expect((await append(scene.log, [recordOf(0, 'next')]))[0]?.position).toBe(10);
      expect((await scene.log.ends(RECORDS.name))[0]?.end).toBe(11);
    });

    guarantee('L4 a topic or partition that does not exist is refused by its code', async ({ log }) => {
      await log.prepare([RECORDS]);
      const { handler } = recordReader();
      const works = [
        log.readFrom('unheard.v1', 0, 0, handler),
        log.readFrom(RECORDS.name, 3, 0, handler),
        log.ends('unheard.v1'),
      ];
      const codes = await Promise.all(works.map(async (work) => (await errorOf(work)).code));
      expect(codes).toEqual(works.map(() => 'EARSHOT_LOG_UNKNOWN_TOPIC'));
    });

    guarantee('L7 bounds are exact when idle, for every partition', async ({ log }) => {
      await log.prepare([RECORDS]);
      expect(await log.ends(RECORDS.name)).toEqual([0, 1, 2].map((partition) => ({ partition, first: 0, end: 0 })));
      await append(log, [...recordsOf(0, 3), ...recordsOf(2, 7)]);
      expect((await log.ends(RECORDS.name)).map(({ end }) => end)).toEqual([3, 0, 7]);
    });

    guarantee('L7 a reader knows its position, so that its lag can be told', async ({ log }) => {
      await log.prepare([RECORDS]);
      await append(log, recordsOf(0, 8));
      const { promise: taken, resolve: take } = Promise.withResolvers<void>();
      const reader = recordReader(({ records }) =>
        records.some(({ position }) => position === 7) ? taken : undefined,
      );
      const reading = await log.readFrom(RECORDS.name, 0, 3, reader.handler);
      expect(reading.position()).toBe(3);
      await reader.untilCount(5);
      take();
      await reading.stop();
      expect(reading.position()).toBe(8);
    });

    guarantee('L9 no batch is larger than its bounds in records and bytes', async ({ log, limits }) => {
      await log.prepare([RECORDS]);
      const large = 'x'.repeat(Math.min(Math.ceil(limits.batchBytesMax / 4), limits.recordBytesMax - 100));
      await append(log, recordsOf(0, 2 * limits.batchRecordsMax));
      for (let i = 0; i < 9; i += 1) await append(log, [recordOf(0, large)]);
      const count = 2 * limits.batchRecordsMax + 9;
      const reader = recordReader();
      await log.readFrom(RECORDS.name, 0, 0, reader.handler);
      await reader.untilCount(count);
      for (const { records } of reader.batches) {
        expect(records.length).toBeGreaterThan(0);
        expect(records.length).toBeLessThanOrEqual(limits.batchRecordsMax);
        const bytes = records.slice(0, -1).reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
        expect(bytes).toBeLessThanOrEqual(limits.batchBytesMax);
      }
    });

    guarantee(
      'L9 a reader that is still at a batch gets no other, and other partitions go on',
      async ({ log, limits }) => {
        await log.prepare([RECORDS]);
        const { promise: taken, resolve: take } = Promise.withResolvers<void>();
        const slow = recordReader(() => taken);
        const quick = recordReader();
        await log.readFrom(RECORDS.name, 0, 0, slow.handler);
        await log.readFrom(RECORDS.name, 1, 0, quick.handler);
        await append(log, recordsOf(0, 3 * limits.batchRecordsMax));
        await slow.until(() => slow.batches.length === 1);
        for (let i = 0; i < 20; i += 1) await append(log, recordsOf(1, 10));
        await quick.untilCount(200);
        await letTurnsPass();
        expect(slow.batches).toHaveLength(1);
        take();
        await slow.untilCount(3 * limits.batchRecordsMax);
      },
    );

    guarantee('L9 a stopped reader gets nothing more, and stop waits for the batch under way', async ({ log }) => {
      await log.prepare([RECORDS]);
      await append(log, recordsOf(0, 1));
      const { promise: taken, resolve: take } = Promise.withResolvers<void>();
      let isUnderWay = true;
      const reader = recordReader(async () => {
        await taken;
        isUnderWay = false;
      });
      const reading = await log.readFrom(RECORDS.name, 0, 0, reader.handler);
      await reader.untilCount(1);
      let isStopped = false;
      const stopped = reading.stop().then(() => (isStopped = true));
      await letTurnsPass();
      expect(isStopped).toBe(false);
      take();
      await stopped;
      expect(isUnderWay).toBe(false);
      await append(log, recordsOf(0, 5));
      await readAll(log, 0);
      await letTurnsPass();
      expect(reader.batches).toHaveLength(1);
    });

    guarantee(
      "L10 a reader's error stops it, is reported with its cause, and concerns no other reader",
      async ({ log }) => {
        await log.prepare([RECORDS]);
        const fault = new Error('cannot take this');
        const failing = recordReader(({ records }) => {
          if (records.some(({ value }) => value === 'poison')) throw fault;
        });
        const other = recordReader();
        await log.readFrom(RECORDS.name, 0, 0, failing.handler);
        await log.readFrom(RECORDS.name, 0, 0, other.handler);
        await append(log, [recordOf(0, 'poison')]);
        await failing.until(() => failing.failures.length > 0);
        await append(log, [recordOf(0, 'after')]);
        await other.untilCount(2);
        expect(failing.failures).toHaveLength(1);
        expect(failing.failures[0]).toMatchObject({ code: 'EARSHOT_LOG_HANDLER_FAILED', cause: fault });
        expect(failing.values()).toEqual(['poison']);
      },
    );
  });

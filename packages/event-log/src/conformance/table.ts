import { expect } from 'vitest';
import type { EventLogHarness } from './harness.ts';
import { recordTable } from './recorders.ts';
import { describeTheme } from './scene.ts';
import { append, changeOf, errorOf, readAll, TABLE } from './topics.ts';

export const tableGuarantees = (name: string, harness: EventLogHarness): void =>
  describeTheme(name, harness, (guarantee) => {
    guarantee('L14 a table has the newest value of every key when it is caught up', async ({ log, limits }) => {
      await log.prepare([TABLE]);
      const keys = Array.from({ length: limits.batchRecordsMax + 5 }, (_, i) => `key ${i}`);
      for (const round of ['old', 'new'])
        await append(
          log,
          keys.map((key) => changeOf(key, `${round} ${key}`)),
        );
      await append(log, [changeOf('key 1', null)]);
      const table = recordTable();
      await log.readTable(TABLE.name, 0, table.handler);
      const expected = new Map(keys.filter((key) => key !== 'key 1').map((key) => [key, `new ${key}`]));
      expect(new Map(table.table)).toEqual(expected);
    });

    guarantee('L14 an empty table is caught up at once', async ({ log }) => {
      await log.prepare([TABLE]);
      const table = recordTable();
      const reading = await log.readTable(TABLE.name, 0, table.handler);
      expect([table.records.length, reading.position()]).toEqual([0, 0]);
    });

    guarantee('L14 after catching up changes come in order, a gone key as null', async ({ log }) => {
      await log.prepare([TABLE]);
      await append(log, [changeOf('a', '1'), changeOf('b', '1')]);
      const table = recordTable();
      await log.readTable(TABLE.name, 0, table.handler);
      await append(log, [changeOf('a', '2'), changeOf('c', '1'), changeOf('a', '3'), changeOf('b', null)]);
      await table.until(() => table.records.length === 6);
      const changes = table.records.slice(2).map(({ key, value }) => [key, value]);
      expect(changes).toEqual([
        ['a', '2'],
        ['c', '1'],
        ['a', '3'],
        ['b', null],
      ]);
      expect([...table.table]).toEqual([
        ['a', '3'],
        ['c', '1'],
      ]);
    });

    guarantee('L14 compaction leaves the table as it was and positions where they were', async (scene) => {
      const compact = scene.need(scene.storage.compact);
      const { log } = scene;
      await log.prepare([TABLE]);
      for (let round = 0; round < 20; round += 1) {
        await append(
          log,
          ['a', 'b', 'c'].map((key) => changeOf(key, `${key}${round}`)),
        );
      }
      const before = await readAll(log, 0, TABLE.name);
      await compact(log, TABLE.name);
      const after = await readAll(log, 0, TABLE.name);
      expect(after.length).toBeLessThan(before.length);
      expect(before).toEqual(expect.arrayContaining([...after]));
      const table = recordTable();
      await log.readTable(TABLE.name, 0, table.handler);
      expect(new Set(table.table.values())).toEqual(new Set(['a19', 'b19', 'c19']));
      expect(await log.ends(TABLE.name)).toEqual([{ partition: 0, first: 0, end: 60 }]);
      expect((await append(log, [changeOf('a', 'next')]))[0]?.position).toBe(60);
      await table.until(() => table.table.get('a') === 'next');
    });

    guarantee('L14 compaction while a table is read takes no newest value from it', async (scene) => {
      const compact = scene.need(scene.storage.compact);
      const { log, limits } = scene;
      await log.prepare([TABLE]);
      const keys = Array.from({ length: 2 * limits.batchRecordsMax }, (_, i) => `key ${i}`);
      const table = recordTable();
      await append(
        log,
        keys.map((key) => changeOf(key, 'old')),
      );
      const caughtUp = log.readTable(TABLE.name, 0, table.handler);
      await append(
        log,
        keys.map((key) => changeOf(key, 'new')),
      );
      await compact(log, TABLE.name);
      await caughtUp;
      await table.until(() => keys.every((key) => table.table.get(key) === 'new'));
      expect(table.failures).toEqual([]);
    });

    guarantee(
      'L14 a table that cannot take what is there rejects, one that cannot take a change is told',
      async ({ log }) => {
        await log.prepare([TABLE]);
        await append(log, [changeOf('a', 'poison')]);
        const fault = new Error('cannot take this');
        const refuse = recordTable(({ value }) => {
          if (value === 'poison') throw fault;
        });
        const error = await errorOf(log.readTable(TABLE.name, 0, refuse.handler));
        expect(error).toMatchObject({ code: 'EARSHOT_LOG_HANDLER_FAILED', cause: fault });
        expect(refuse.failures).toEqual([]);
        const later = recordTable(({ value }) => {
          if (value === 'later poison') throw fault;
        });
        await log.readTable(TABLE.name, 0, later.handler);
        await append(log, [changeOf('a', 'later poison')]);
        await later.until(() => later.failures.length > 0);
        expect(later.failures).toMatchObject([{ code: 'EARSHOT_LOG_HANDLER_FAILED', cause: fault }]);
      },
    );

    guarantee('L14 a table that does not exist cannot be read', async ({ log }) => {
      const error = await errorOf(log.readTable('unheard.v1', 0, recordTable().handler));
      expect(error.code).toBe('EARSHOT_LOG_UNKNOWN_TOPIC');
    });
  });

import { expect } from 'vitest';
import type { EventLogHarness } from './harness.ts';
import { letTurnsPass, recordOwner, recordReader, recordTable } from './recorders.ts';
import { describeTheme } from './scene.ts';
import { append, changeOf, codeOf, errorOf, readAll, recordOf, RECORDS, recordsOf, TABLE, valuesOf } from './topics.ts';

export const lifecycleGuarantees = (name: string, harness: EventLogHarness): void =>
  describeTheme(name, harness, (guarantee) => {
    guarantee('preparing again changes nothing, and takes over another retention', async ({ log }) => {
      await log.prepare([RECORDS, TABLE]);
      await append(log, recordsOf(0, 3));
      await log.prepare([{ ...RECORDS, cleanup: { kind: 'delete', retentionMs: 5_000 } }, TABLE]);
      expect((await append(log, recordsOf(0, 1)))[0]?.position).toBe(3);
    });

    guarantee('another number of partitions is a coded refusal that says what to do', async ({ log }) => {
      await log.prepare([RECORDS]);
      const error = await errorOf(log.prepare([{ ...RECORDS, partitions: 4 }]));
      expect(error.code).toBe('EARSHOT_LOG_TOPIC_MISMATCH');
      expect(error.message).toMatch(new RegExp(`${RECORDS.name}.*3.*4`, 'u'));
      expect(await log.ends(RECORDS.name)).toHaveLength(3);
      expect((await append(log, recordsOf(2, 1)))[0]?.position).toBe(0);
    });

    guarantee('L11 close waits for appends under way: each lands and says so', async ({ log }) => {
      await log.prepare([RECORDS]);
      const calls = Array.from({ length: 10 }, (_, i) => log.append(recordsOf(0, 20, `${i} `)));
      await log.close();
      const outcomes = (await Promise.all(calls)).flat();
      expect(outcomes.map(codeOf)).toEqual(Array.from({ length: 200 }, (_, i) => `landed at ${i}`));
    });

    guarantee('L11 after close everything is refused by its code; closing twice is fine', async ({ log }) => {
      await log.prepare([RECORDS, TABLE]);
      await log.close();
      await log.close();
      expect((await log.append(recordsOf(0, 2))).map(codeOf)).toEqual(['EARSHOT_LOG_CLOSED', 'EARSHOT_LOG_CLOSED']);
      const works = [
        log.prepare([RECORDS]),
        log.ends(RECORDS.name),
        log.own(RECORDS.name, 'group', recordOwner().handler),
        log.readFrom(RECORDS.name, 0, 0, recordReader().handler),
        log.readTable(TABLE.name, 0, recordTable().handler),
      ];
      const codes = await Promise.all(works.map(async (work) => (await errorOf(work)).code));
      expect(codes).toEqual(works.map(() => 'EARSHOT_LOG_CLOSED'));
    });

    guarantee('L11 close waits for handlers under way, calls none afterwards, and tells owners', async ({ log }) => {
      await log.prepare([RECORDS]);
      const { promise: taken, resolve: take } = Promise.withResolvers<void>();
      let underWay = 0;
      const slowly = async (): Promise<void> => {
        underWay += 1;
        await taken;
        underWay -= 1;
      };
      const reader = recordReader(slowly);
      const owner = recordOwner({ take: slowly });
      await log.readFrom(RECORDS.name, 0, 0, reader.handler);
      await log.own(RECORDS.name, 'group', owner.handler);
      await append(log, recordsOf(0, 1));
      await reader.untilCount(1);
      await owner.until(() => owner.count('records') === 1);
      let isClosed = false;
      const closed = log.close().then(() => (isClosed = true));
      await letTurnsPass();
      expect(isClosed).toBe(false);
      take();
      await closed;
      expect(underWay).toBe(0);
      expect(owner.count('revoked')).toBe(3);
      expect(reader.failures).toEqual([]);
      expect(owner.count('failed')).toBe(0);
    });

    guarantee('L12 a log opened again has everything acknowledged, and positions and time go on', async (scene) => {
      scene.need(scene.storage.durable);
      await scene.log.prepare([RECORDS, TABLE]);
      const before = await append(scene.log, [...recordsOf(0, 5), ...recordsOf(2, 3), changeOf('a', '1')]);
      await scene.log.close();
      const log = await scene.reopen();
      expect((await log.ends(RECORDS.name)).map(({ end }) => end)).toEqual([5, 0, 3]);
      expect((await readAll(log, 0)).map(({ value }) => value)).toEqual(valuesOf(5));
      const table = recordTable();
      await log.readTable(TABLE.name, 0, table.handler);
      expect([...table.table]).toEqual([['a', '1']]);
      const after = await append(log, [recordOf(0, 'after')]);
      expect(after[0]?.position).toBe(5);
      expect(after[0]?.appendedAt).toBeGreaterThanOrEqual(before.at(-1)!.appendedAt);
    });

    guarantee('L12 everything acknowledged survives kill -9, and positions go on without a gap', async (scene) => {
      const crash = scene.need(scene.storage.crash);
      await scene.log.close();
      const acknowledged = await crash(RECORDS);
      expect(acknowledged.length).toBeGreaterThan(0);
      const log = await scene.reopen();
      for (let partition = 0; partition < RECORDS.partitions; partition += 1) {
        const found = await readAll(log, partition);
        expect(found.map(({ position }) => position)).toEqual(found.map((_, i) => i));
        const mine = acknowledged.filter((each) => each.partition === partition);
        const kept = mine.map(({ position }) => found[position]);
        expect(kept.map((record) => [record?.position, record?.appendedAt, record?.value])).toEqual(
          mine.map(({ position, appendedAt, value }) => [position, appendedAt, value]),
        );
        expect((await append(log, [recordOf(partition, 'after')]))[0]?.position).toBe(found.length);
      }
    });

    guarantee(
      'L12 a log set back in time between two openings reports it, or goes on from its newest time',
      async (scene) => {
        const clock = scene.need(scene.storage.clock);
        scene.need(scene.storage.durable);
        await scene.log.prepare([RECORDS]);
        const before = (await append(scene.log, recordsOf(0, 1)))[0]!.appendedAt;
        await scene.log.close();
        clock.set(-3_600_000);
        const log = await scene.reopen();
        clock.pass(1_000);
        const after = (await append(log, recordsOf(0, 1)))[0]!.appendedAt;
        expect(after - before).toBe(clock.setBackIs === 'reported' ? 1_000 - 3_600_000 : 1_000);
      },
    );
  });

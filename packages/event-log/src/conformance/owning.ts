import { expect } from 'vitest';
import type { EventLogHarness } from './harness.ts';
import { letTurnsPass, recordOwner, type OwnerRecord } from './recorders.ts';
import { describeTheme } from './scene.ts';
import { append, errorOf, recordOf, RECORDS, recordsOf, valuesOf } from './topics.ts';

const ALL = [0, 1, 2];

const isAssignedAll = (owner: OwnerRecord) => (): boolean => ALL.every((each) => owner.count('assigned', each) > 0);

export const owningGuarantees = (name: string, harness: EventLogHarness): void =>
  describeTheme(name, harness, (guarantee) => {
    guarantee(
      'L5 a lone member is told every partition with exact bounds and reads from the position it answers',
      async ({ log }) => {
        await log.prepare([RECORDS]);
        await append(log, [...recordsOf(0, 4), ...recordsOf(1, 2)]);
        const owner = recordOwner({ from: (partition) => (partition === 0 ? 3 : 0) });
        const ownership = await log.own(RECORDS.name, 'group', owner.handler);
        await owner.until(() => isAssignedAll(owner)() && owner.values(0).length === 1 && owner.values(1).length === 2);
        const bounds = owner.events.flatMap((event) => (event.kind === 'assigned' ? [event.bounds] : []));
        expect(bounds.toSorted((a, b) => a.partition - b.partition)).toEqual([
          { partition: 0, first: 0, end: 4 },
          { partition: 1, first: 0, end: 2 },
          { partition: 2, first: 0, end: 0 },
        ]);
        expect(owner.values(0)).toEqual(['v3']);
        expect(ownership.partitions()).toEqual(ALL);
      },
    );

    guarantee('L5 when a second member joins, partitions move and both are told', async ({ log }) => {
      await log.prepare([RECORDS]);
      const [first, second] = [recordOwner(), recordOwner()];
      const firstOwnership = await log.own(RECORDS.name, 'group', first.handler);
      await first.until(isAssignedAll(first));
      const secondOwnership = await log.own(RECORDS.name, 'group', second.handler);
      const isShared = (): boolean =>
        second.count('assigned') > 0 && firstOwnership.partitions().length + secondOwnership.partitions().length === 3;
      // Either may be told first.
      await Promise.race([first.until(isShared), second.until(isShared)]);
      const moved = secondOwnership.partitions();
      expect(moved.length).toBeGreaterThan(0);
      expect([...firstOwnership.partitions(), ...moved].toSorted((a, b) => a - b)).toEqual(ALL);
      for (const partition of moved) expect(first.count('revoked', partition)).toBeGreaterThan(0);
    });

    guarantee('L5 when a member stops it is told, and its partitions come back to those who stay', async ({ log }) => {
      await log.prepare([RECORDS]);
      const [first, second] = [recordOwner(), recordOwner()];
      const firstOwnership = await log.own(RECORDS.name, 'group', first.handler);
      const secondOwnership = await log.own(RECORDS.name, 'group', second.handler);
      await second.until(() => second.count('assigned') > 0);
      const given = secondOwnership.partitions();
      await secondOwnership.stop();
      expect(given.every((partition) => second.count('revoked', partition) > 0)).toBe(true);
      expect(secondOwnership.partitions()).toEqual([]);
      await first.until(() => firstOwnership.partitions().length === 3);
      await append(
        log,
        ALL.map((partition) => recordOf(partition, 'after')),
      );
      await first.until(() => ALL.every((partition) => first.values(partition).includes('after')));
    });

    guarantee('L3 no record is skipped while partitions move from member to member', async ({ log }) => {
      await log.prepare([RECORDS]);
      const taken = new Map<number, number>();
      const seen = new Map<number, Set<string | null>>(ALL.map((partition) => [partition, new Set()]));
      const createOwner = (): OwnerRecord =>
        recordOwner({
          from: (partition) => taken.get(partition) ?? 0,
          take: ({ partition, records }) => {
            for (const { value } of records) seen.get(partition)?.add(value);
            taken.set(partition, (records.at(-1)?.position ?? 0) + 1);
          },
        });
      const owners = [createOwner(), createOwner(), createOwner()];
      const stops: (() => Promise<void>)[] = [];
      for (const [i, owner] of owners.entries()) {
        const ownership = await log.own(RECORDS.name, 'group', owner.handler);
        stops.push(() => ownership.stop());
        for (const partition of ALL) await append(log, recordsOf(partition, 20, `join ${i} `));
      }
      await stops[0]?.();
      for (const partition of ALL) await append(log, recordsOf(partition, 20, 'left '));
      const isAllSeen = (): boolean => ALL.every((partition) => seen.get(partition)?.size === 80);
      await Promise.race(owners.map((owner) => owner.until(isAllSeen)));
      expect(isAllSeen()).toBe(true);
    });

    guarantee('L5 restart forgets where reading stands and asks again', async ({ log }) => {
      await log.prepare([RECORDS]);
      await append(log, recordsOf(0, 3));
      const owner = recordOwner();
      const ownership = await log.own(RECORDS.name, 'group', owner.handler);
      await owner.until(() => owner.values(0).length === 3);
      ownership.restart(0);
      await owner.until(() => owner.values(0).length === 6);
      expect(owner.values(0)).toEqual([...valuesOf(3), ...valuesOf(3)]);
      expect(owner.count('assigned', 0)).toBe(2);
    });

    guarantee(
      'L5 revoked is told while a batch is still being taken, and stop waits for the batch',
      async ({ log }) => {
        await log.prepare([RECORDS]);
        await append(log, recordsOf(0, 1));
        const { promise: taken, resolve: take } = Promise.withResolvers<void>();
        const owner = recordOwner({ take: () => taken });
        const ownership = await log.own(RECORDS.name, 'group', owner.handler);
        await owner.until(() => owner.count('records') === 1);
        let isStopped = false;
        const stopped = ownership.stop().then(() => (isStopped = true));
        await owner.until(() => owner.count('revoked', 0) === 1);
        await letTurnsPass();
        expect(isStopped).toBe(false);
        take();
        await stopped;
      },
    );

    guarantee('L5 calls about one partition never overlap, whatever restarts', async ({ log }) => {
      await log.prepare([RECORDS]);
      let underWay = 0;
      let most = 0;
      const pass = async (): Promise<void> => {
        underWay += 1;
        most = Math.max(most, underWay);
        for (let i = 0; i < 5; i += 1) await new Promise(setImmediate);
        underWay -= 1;
      };
      const only = { ...RECORDS, name: 'single.v1', partitions: 1 };
      await log.prepare([only]);
      const owner = recordOwner({ from: () => pass().then(() => 0), take: pass });
      const ownership = await log.own(only.name, 'group', owner.handler);
      // A restart before the first question is answered by that question.
      await owner.until(() => owner.count('assigned') > 0);
      for (let i = 0; i < 20; i += 1) {
        await append(log, [{ ...recordOf(0, `v${i}`), topic: only.name }]);
        ownership.restart(0);
      }
      const seenLast = (): boolean => owner.values(0).at(-1) === 'v19' && owner.count('assigned') > 1;
      await owner.until(seenLast);
      expect(most).toBe(1);
    });

    guarantee('L6 two groups each get everything', async ({ log }) => {
      await log.prepare([RECORDS]);
      const owners = [recordOwner(), recordOwner()];
      await log.own(RECORDS.name, 'first', owners[0]!.handler);
      await log.own(RECORDS.name, 'second', owners[1]!.handler);
      for (const partition of ALL) await append(log, recordsOf(partition, 30));
      for (const owner of owners) {
        await owner.until(() => ALL.every((partition) => owner.values(partition).length === 30));
        for (const partition of ALL) expect(owner.values(partition)).toEqual(valuesOf(30));
      }
    });

    guarantee('L4 an owner that answers a position beyond the end is told so, with the end', async ({ log }) => {
      await log.prepare([RECORDS]);
      await append(log, recordsOf(1, 3));
      const owner = recordOwner({ from: (partition, { end }) => (partition === 1 ? end + 1 : 0) });
      await log.own(RECORDS.name, 'group', owner.handler);
      await owner.until(() => owner.count('failed') > 0);
      const failed = owner.events.filter((event) => event.kind === 'failed');
      expect(failed).toMatchObject([{ partition: 1, error: { code: 'EARSHOT_LOG_POSITION_BEYOND_END', end: 3 } }]);
    });

    guarantee(
      'L4 an owner that answers a position no longer retained is told so, and may go on at the oldest',
      async (scene) => {
        const expire = scene.need(scene.storage.expire);
        const { log } = scene;
        await log.prepare([RECORDS]);
        await append(log, recordsOf(0, 10));
        await expire(log, RECORDS.name);
        let position = 1;
        const owner = recordOwner({ from: (partition) => (partition === 0 ? position : 0) });
        const ownership = await log.own(RECORDS.name, 'group', owner.handler);
        await owner.until(() => owner.count('failed', 0) > 0);
        const failed = owner.events.find((event) => event.kind === 'failed');
        const { first } = (await log.ends(RECORDS.name))[0]!;
        expect(failed).toMatchObject({ error: { code: 'EARSHOT_LOG_POSITION_EXPIRED', oldest: first } });
        position = first;
        ownership.restart(0);
        await append(log, [recordOf(0, 'next')]);
        await owner.until(() => owner.values(0).includes('next'));
      },
    );

    guarantee("L9 an owner that is slow with one partition gets its others' records", async ({ log, limits }) => {
      await log.prepare([RECORDS]);
      const { promise: taken, resolve: take } = Promise.withResolvers<void>();
      const owner = recordOwner({ take: ({ partition }) => (partition === 0 ? taken : undefined) });
      await log.own(RECORDS.name, 'group', owner.handler);
      await append(log, recordsOf(0, 3 * limits.batchRecordsMax));
      await owner.until(() => owner.count('records', 0) === 1);
      for (let i = 0; i < 10; i += 1) await append(log, [...recordsOf(1, 10), ...recordsOf(2, 10)]);
      await owner.until(() => owner.values(1).length === 100 && owner.values(2).length === 100);
      expect(owner.count('records', 0)).toBe(1);
      take();
    });

    guarantee(
      "L10 an owner's error stops that partition alone, skips nothing, and restart goes on",
      async ({ log }) => {
        await log.prepare([RECORDS]);
        const fault = new Error('cannot take this');
        let isFailing = true;
        const owner = recordOwner({
          take: ({ partition }) => {
            if (partition === 0 && isFailing) throw fault;
          },
        });
        const ownership = await log.own(RECORDS.name, 'group', owner.handler);
        await append(log, [recordOf(0, 'poison'), recordOf(1, 'fine')]);
        await owner.until(() => owner.count('failed', 0) === 1 && owner.values(1).length === 1);
        expect(owner.events.find((event) => event.kind === 'failed')).toMatchObject({
          error: { code: 'EARSHOT_LOG_HANDLER_FAILED', cause: fault },
        });
        await append(log, [recordOf(0, 'after'), recordOf(1, 'after')]);
        await owner.until(() => owner.values(1).length === 2);
        await letTurnsPass();
        expect(owner.values(0)).toEqual(['poison']);
        isFailing = false;
        ownership.restart(0);
        await owner.until(() => owner.values(0).length >= 3);
        expect(owner.values(0).slice(1)).toEqual(['poison', 'after']);
      },
    );

    guarantee('L10 an owner that cannot answer a position is told, and asked again by restart', async ({ log }) => {
      await log.prepare([RECORDS]);
      await append(log, recordsOf(2, 1));
      let isFailing = true;
      const owner = recordOwner({
        from: (partition) => {
          if (partition === 2 && isFailing) throw new Error('no position yet');
          return 0;
        },
      });
      const ownership = await log.own(RECORDS.name, 'group', owner.handler);
      await owner.until(() => owner.count('failed', 2) === 1);
      isFailing = false;
      ownership.restart(2);
      await owner.until(() => owner.values(2).length === 1);
    });

    guarantee('L5 a topic that does not exist cannot be owned', async ({ log }) => {
      const error = await errorOf(log.own('unheard.v1', 'group', recordOwner().handler));
      expect(error.code).toBe('EARSHOT_LOG_UNKNOWN_TOPIC');
    });
  });

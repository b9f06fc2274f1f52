import { expect } from 'vitest';
import type { RegisterTest } from './harness.ts';
import { commitTo, comparable, heartbeat, NOW, outageEvent, rewriteTo, systemHeardAt, whole } from './samples.ts';

export const lossTests = (test: RegisterTest): void => {
  test('P5 missing is not an error', async (storage) => {
    const store = await storage.open();
    expect(await store.load(0)).toBeNull();
    expect(await store.readPartitions()).toEqual([]);
    expect(await store.readSystems(0, ['pump'])).toEqual([]);
    expect(await store.readLate(0)).toEqual([]);
    expect(await store.scanSystems(0, null, 10)).toEqual({ rows: [], cursor: null });
    await store.markPublished(0, 10);
  });

  test('P5 nothing disappears by age, neither by log time nor by wall time', async (storage) => {
    const store = await storage.open();
    const rows = [systemHeardAt('ancient', 1, { openAt: 0 }), systemHeardAt('retired', 2, { retiredAt: 3, openAt: 1 })];
    const ancient = { systems: rows.map(whole), publications: [outageEvent(1)], committedAt: 0 };
    await store.commit(commitTo(null, 1, ancient));
    const future = NOW + 10 * 365 * 86_400_000;
    await store.commit(commitTo(1, 2, { systems: [whole(systemHeardAt('new', future))], committedAt: future }));
    const found = await store.load(0);
    expect(found?.systems.map((row) => row.systemId).toSorted()).toEqual(['ancient', 'new', 'retired']);
    expect(found?.outbox).toEqual([outageEvent(1)]);
  });

  test(
    'P6 a store that lost everything refuses commits with null, shows readers nothing, and is healed by a rewrite',
    async (storage) => {
      const store = await storage.open();
      const rows = [systemHeardAt('pump'), systemHeardAt('valve')];
      await store.commit(commitTo(null, 1, { systems: rows.map(whole) }));
      await store.commit(commitTo(1, 2, { systems: rows.map(heartbeat) }));
      const before = comparable(await store.load(0));
      await storage.wipe();
      expect(await store.commit(commitTo(2, 3, { systems: rows.map(heartbeat) }))).toEqual({
        accepted: false,
        stored: null,
      });
      expect(await store.load(0)).toBeNull();
      expect(await store.readPartitions()).toEqual([]);
      await store.rewrite(rewriteTo(2, { systems: rows.map(whole) }));
      expect(comparable(await store.load(0))).toEqual(before);
      expect(await store.commit(commitTo(2, 3))).toEqual({ accepted: true });
    },
    ['wipe'],
  );

  test(
    'P6 a loss is noticed by a reader that has the same storage open',
    async (storage) => {
      const [owner, reader] = [await storage.open(), await storage.open()];
      await owner.commit(commitTo(null, 1, { systems: [whole(systemHeardAt('pump'))] }));
      expect(await reader.readSystems(0, ['pump'])).toHaveLength(1);
      await storage.wipe();
      expect(await reader.readSystems(0, ['pump'])).toEqual([]);
      expect(await reader.readPartitions()).toEqual([]);
      await owner.rewrite(rewriteTo(1, { systems: [whole(systemHeardAt('valve'))] }));
      expect(await reader.readSystems(0, ['pump', 'valve'])).toEqual([systemHeardAt('valve')]);
    },
    ['wipe', 'reopen'],
  );

  test(
    'P6 a store that went back to an older copy is recognised by its lower position, and is whole as it was then',
    async (storage) => {
      const store = await storage.open();
      const pump = systemHeardAt('pump');
      await store.commit(commitTo(null, 5, { systems: [whole(pump)], publications: [outageEvent(5)] }));
      const then = await store.load(0);
      const goBack = await storage.takeCopy();
      await store.commit(
        commitTo(5, 6, { systems: [heartbeat(systemHeardAt('pump', NOW + 9)), whole(systemHeardAt('new'))] }),
      );
      await store.commit(commitTo(6, 7, { removed: ['pump'] }));
      await goBack();
      expect(await store.commit(commitTo(7, 8))).toEqual({ accepted: false, stored: 5 });
      expect(await store.load(0)).toEqual(then);
      await store.rewrite(rewriteTo(7, { systems: [whole(systemHeardAt('new'))] }));
      expect((await store.load(0))?.systems).toEqual([systemHeardAt('new')]);
    },
    ['copy'],
  );
};

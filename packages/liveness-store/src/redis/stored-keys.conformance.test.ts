import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  commitTo,
  comparable,
  heartbeat,
  idsOf,
  NOW,
  OPEN_SINCE,
  outageEvent,
  rewriteTo,
  stateAt,
  systemHeardAt,
  TTL_MS,
  whole,
} from '../conformance/samples.ts';
import type { LivenessStore } from '../port/index.ts';
import { CLEAR_SCRIPT } from './clear-scripts.ts';
import { openRedisLivenessStore } from './index.ts';
import { partitionKeys } from './partition-keys.ts';
import { describeOnRedis } from './testing/on-redis.ts';
import { createRedisStorage, uniquePrefix } from './testing/redis-harness.ts';

describeOnRedis('what is stored in Redis', (url) => {
  const prefix = uniquePrefix();
  const keys = partitionKeys(prefix, 0);
  let redis: Redis;
  let store: LivenessStore;
  let storage: ReturnType<typeof createRedisStorage>;

  beforeEach(async () => {
    redis = new Redis(url);
    storage = createRedisStorage(url, { url }, { prefix });
    store = await storage.open();
  });
  afterEach(async () => {
    await storage.remove();
    redis.disconnect();
  });

  describe('indexes', () => {
    it('T6 V2 due is what ZRANGEBYSCORE finds up to proven - ttl, at -1 ms, 0 and +1 ms', async () => {
      const rows = [15_000, 60_000, TTL_MS, 90_001].flatMap((ttlMs) =>
        [ttlMs - 1, ttlMs, ttlMs + 1].map((silentMs) =>
          systemHeardAt(`${ttlMs}/${silentMs}`, NOW - silentMs, { ttlMs }),
        ),
      );
      const asleep = [systemHeardAt('paused', 1, { paused: true }), systemHeardAt('offline', 1, { state: 'offline' })];
      await store.commit(
        commitTo(null, 1, { systems: [...rows, ...asleep].map(whole), state: stateAt(1, { hold: 'on' }) }),
      );
      const due: string[] = [];
      for (const [name, ttlMs] of [
        ['15', 15_000],
        ['60', 60_000],
        ['1500', TTL_MS],
        ['90001ms', 90_001],
      ] as const) {
        due.push(...(await redis.zrangebyscore(keys.seen(name), '-inf', String(NOW - ttlMs))));
      }
      const held = (await store.readLate(0)).filter((system) => system.held).map((system) => system.systemId);
      expect(due.toSorted()).toEqual(held.toSorted());
      expect(due).toHaveLength(8);
    });

    it('P4 a heartbeat moves one score and leaves the text of the row as it is', async () => {
      await store.commit(commitTo(null, 1, { systems: [whole(systemHeardAt('pump'))] }));
      const before = await redis.hgetall(keys.systems);
      const beaten = systemHeardAt('pump', NOW + 600_000);
      await store.commit(commitTo(1, 2, { systems: [heartbeat(beaten)] }));
      expect(await redis.hgetall(keys.systems)).toEqual(before);
      expect(await redis.zscore(keys.seen('1500'), 'pump')).toBe(String(NOW + 600_000));
      expect((await store.load(0))?.systems).toEqual([beaten]);
    });

    it('P1 a system moves from index to index with its ttl, and the last one out closes the door', async () => {
      await store.commit(commitTo(null, 1, { systems: [whole(systemHeardAt('pump'))] }));
      const slower = systemHeardAt('pump', NOW + 1, { ttlMs: 3_600_500 });
      await store.commit(commitTo(1, 2, { systems: [whole(slower)] }));
      expect(await redis.zrangebyscore(keys.seen('3600500ms'), '-inf', '+inf')).toEqual(['pump']);
      expect(await redis.exists(keys.seen('1500'))).toBe(0);
      expect(await redis.smembers(keys.ttls)).toEqual(['3600500ms']);
      await store.commit(commitTo(2, 3, { removed: ['pump'] }));
      expect(await redis.smembers(keys.ttls)).toEqual([]);
      expect((await store.load(0))?.systems).toEqual([]);
    });

    it('P1 systems that change their ttl by the thousands leave nothing behind', async () => {
      const ids = idsOf(5_000);
      const withTtl = (add: number) =>
        ids.map((id, index) => whole(systemHeardAt(id, NOW, { ttlMs: 15_000 + 1_000 * index + add })));
      await store.commit(commitTo(null, 1, { systems: withTtl(0) }));
      await store.commit(commitTo(1, 2, { systems: withTtl(500) }));
      expect(await redis.scard(keys.ttls)).toBe(5_000);
      expect((await store.load(0))?.systems).toHaveLength(5_000);
      await store.rewrite(rewriteTo(3));
      expect((await redis.keys(`${prefix}*`)).toSorted()).toEqual([keys.owner, keys.partition].toSorted());
    });

    it('P6 remains of a rewrite with thousands of ttls are dropped by whoever begins anew', async () => {
      const systems = idsOf(2_000).map((id, index) => whole(systemHeardAt(id, NOW, { ttlMs: 15_000 + 1_000 * index })));
      await store.rewrite(rewriteTo(9, { systems, publications: [outageEvent(9)], last: false }));
      expect(await store.commit(commitTo(null, 1, { systems: [whole(systemHeardAt('pump'))] }))).toEqual({
        accepted: true,
      });
      expect(await redis.smembers(keys.ttls)).toEqual(['1500']);
      expect(await store.load(0)).toMatchObject({ systems: [{ systemId: 'pump' }], outbox: [] });
    });
  });

  describe('open time', () => {
    const closedAfter = stateAt(2, {
      now: NOW + 5_000,
      proven: NOW + 5_000,
      openSince: NOW + 5_000,
      ledger: [{ from: NOW, to: NOW + 5_000, cause: 'not_heard', ingest: 'a' }],
    });

    it('P1 a closing that reaches back over a heartbeat leaves its open time as it was', async () => {
      const heard = systemHeardAt('pump', NOW + 2_000);
      await store.commit(commitTo(null, 1, { systems: [whole(heard)], state: stateAt(1, { now: NOW + 2_000 }) }));
      await store.commit(commitTo(1, 2, { state: closedAfter }));
      expect((await store.load(0))?.systems).toEqual([heard]);
      expect(await redis.smembers(keys.explicit)).toEqual([]);
    });

    it('V2 V5 systems whose open time is written in their row are held as any other', async () => {
      const open = NOW - OPEN_SINCE;
      const rows = [0, 1].flatMap((later) => [
        systemHeardAt(`follows ${later}`, NOW - 45_000 + later, { ttlMs: 15_000 }),
        systemHeardAt(`written ${later}`, NOW - 44_000 + later, { ttlMs: 15_000, openAt: open - 45_000 + later }),
        systemHeardAt(`written, heard before ${later}`, NOW - 50_000 + later, {
          ttlMs: 15_000,
          openAt: open - 45_000 + later,
        }),
      ]);
      // Open since just now: nobody is held by the open stretch, only by open time accumulated.
      const at = (position: number) =>
        stateAt(position, {
          hold: 'on',
          openSince: NOW,
          ledger: [{ from: NOW, to: NOW, cause: 'leaving', ingest: '' }],
        });
      await store.commit(commitTo(null, 1, { systems: rows.map(whole) }));
      await store.commit(commitTo(1, 2, { state: at(2) }));
      const [view] = await store.readPartitions();
      expect(view?.held).toBe(3);
      const held = (await store.readLate(0)).map((system) => system.systemId);
      expect(held).toEqual(['written, heard before 0', 'follows 0', 'written 0']);
      expect(await redis.scard(keys.explicit)).toBe(4);
    });

    it('P4 what had to be written is taken out by the next heartbeat', async () => {
      const odd = systemHeardAt('pump', NOW, { openAt: 7 });
      await store.commit(commitTo(null, 1, { systems: [whole(odd)] }));
      expect(await redis.smembers(keys.explicit)).toEqual(['pump']);
      await store.commit(commitTo(1, 2, { systems: [heartbeat(systemHeardAt('pump', NOW + 1))] }));
      expect(await redis.smembers(keys.explicit)).toEqual([]);
      expect((await store.load(0))?.systems).toEqual([systemHeardAt('pump', NOW + 1)]);
    });
  });

  describe('owners', () => {
    it('G10 an owner that commits no more is gone ten seconds later', async () => {
      await store.commit(commitTo(null, 1));
      expect(await redis.get(keys.owner)).toBe('owner-1');
      expect(await redis.pttl(keys.owner)).toBeGreaterThan(5_000);
      expect(await redis.pttl(keys.owner)).toBeLessThanOrEqual(10_000);
      await redis.del(keys.owner);
      expect((await store.load(0))?.state.position).toBe(1);
    });

    it('H10 P2 an owner that remembers the right position, but another write, looks again', async () => {
      const other = await storage.open();
      await store.commit(commitTo(null, 1, { systems: [whole(systemHeardAt('pump'))] }));
      await other.commit(commitTo(1, 2));
      // Time was closed twice. Who knows only of the second time would forget how openAt follows for `valve`.
      const once = stateAt(2, { now: NOW + 9_000, openSince: NOW + 9_000 });
      const valve = systemHeardAt('valve', NOW + 9_500, { openAt: NOW - OPEN_SINCE + 500 });
      await store.commit(commitTo(2, 2, { systems: [whole(valve)], state: once }));
      const twice = stateAt(3, { now: NOW + 20_000, openSince: NOW + 20_000, proven: NOW + 10_000 });
      expect(await other.commit(commitTo(2, 3, { state: twice }))).toEqual({ accepted: true });
      expect(await store.commit(commitTo(2, 4))).toEqual({ accepted: false, stored: 3 });
      expect(comparable(await store.load(0))?.systems).toEqual([systemHeardAt('pump'), valve]);
    });

    it('H9 a rewrite sent again after it was finished does not begin anew', async () => {
      // What a connection that broke may still deliver: the clearing of a rewrite that others have finished since.
      await store.rewrite(rewriteTo(5, { systems: [whole(systemHeardAt('pump'))], last: false }));
      await store.rewrite(rewriteTo(5, { first: false }));
      const before = comparable(await store.load(0));
      const { partition, systems, outbox, explicit } = keys;
      const late = ['anything', 'the version before', 'owner-1', 'another version'];
      expect(await redis.eval(CLEAR_SCRIPT.lua, 4, partition, systems, outbox, explicit, ...late)).toEqual(['stale']);
      expect(comparable(await store.load(0))).toEqual(before);
    });
  });

  describe('losses of a part', () => {
    it('P6 rows that are missing are noticed as corrupt', async () => {
      await store.commit(commitTo(null, 1, { systems: idsOf(3).map((id) => whole(systemHeardAt(id))) }));
      await redis.hdel(keys.systems, 'system-1');
      await expect(store.load(0)).rejects.toMatchObject({ code: 'EARSHOT_STORE_CORRUPT' });
    });

    it('P6 scores that are missing are noticed as corrupt', async () => {
      await store.commit(commitTo(null, 1, { systems: idsOf(3).map((id) => whole(systemHeardAt(id))) }));
      await redis.zrem(keys.seen('1500'), 'system-1');
      const corrupt = { code: 'EARSHOT_STORE_CORRUPT' };
      await expect(store.load(0)).rejects.toMatchObject(corrupt);
      await expect(store.readSystems(0, ['system-1'])).rejects.toMatchObject(corrupt);
      await expect(store.scanSystems(0, null, 10)).rejects.toMatchObject(corrupt);
    });

    it('P6 a key of another type is noticed as corrupt', async () => {
      await redis.set(keys.partition, 'not ours');
      for (const call of [() => store.load(0), () => store.commit(commitTo(null, 1)), () => store.readPartitions()]) {
        await expect(call()).rejects.toMatchObject({ code: 'EARSHOT_STORE_CORRUPT' });
      }
    });
  });

  it('P3 a publication of a record before those stored is a programmer error and changes nothing', async () => {
    await store.commit(commitTo(null, 5, { publications: [outageEvent(5)] }));
    await store.markPublished(0, 5);
    const before = await store.load(0);
    const late = commitTo(5, 6, { systems: [whole(systemHeardAt('pump'))], publications: [outageEvent(4)] });
    await expect(store.commit(late)).rejects.toThrow(RangeError);
    const turned = commitTo(5, 7, { publications: [outageEvent(7), outageEvent(6)] });
    await expect(store.commit(turned)).rejects.toThrow(RangeError);
    expect(await store.load(0)).toEqual(before);
  });

  it('H38 a projection made from another log is refused with a code, and not touched', async () => {
    const ours = await openRedisLivenessStore({ url, prefix, partitions: 2, logId: 'ours' });
    await ours.commit(commitTo(null, 1, { partition: 1 }));
    await ours.close();
    const theirs = openRedisLivenessStore({ url, prefix, partitions: 2, logId: 'theirs' });
    await expect(theirs).rejects.toMatchObject({ code: 'EARSHOT_STORE_OTHER_LOG' });
    const again = await openRedisLivenessStore({ url, prefix, partitions: 2, logId: 'ours' });
    expect((await again.load(1))?.state.position).toBe(1);
    await again.close();
  });

  it('a partition beyond those there are, or a prefix with braces, is a programmer error', async () => {
    const small = await openRedisLivenessStore({ url, prefix, partitions: 2 });
    await expect(small.load(2)).rejects.toThrow(RangeError);
    await small.close();
    await expect(openRedisLivenessStore({ url, prefix: 'a{b}', partitions: 1 })).rejects.toThrow(RangeError);
  });
});

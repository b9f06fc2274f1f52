import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LivenessStoreHarness, livenessStoreConformance } from '../conformance/index.ts';
import { commitTo, systemHeardAt, whole } from '../conformance/samples.ts';
import { LivenessStoreError } from '../port/index.ts';
import { openRedisLivenessStore } from './index.ts';
import { partitionKeys } from './partition-keys.ts';
import { describeOnOwnRedis } from './testing/on-redis.ts';
import { type OwnCluster, startOwnCluster } from './testing/own-cluster.ts';
import { createRedisStorage } from './testing/redis-harness.ts';

/** Asks until there is an answer: a cluster tells nobody when it has found itself again. */
const untilAvailable = async <T>(ask: () => Promise<T>): Promise<T> => {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LivenessStoreError) || error.code !== 'EARSHOT_STORE_UNAVAILABLE') throw error;
    }
    await nextTurn();
  }
};

describeOnOwnRedis('liveness store on a Redis Cluster', () => {
  let cluster: OwnCluster;
  beforeAll(async () => {
    cluster = await startOwnCluster();
  }, 30_000);
  afterAll(() => cluster.remove());

  const harness: LivenessStoreHarness = {
    create: async () => createRedisStorage(cluster.urls, { url: cluster.urls, cluster: true }),
    lacking: {},
    failures: [],
    failuresLacking: ['the ways to three nodes are those to one'],
  };
  livenessStoreConformance('Redis Cluster', harness);

  it('P7 all keys of a partition are in one slot, and partitions are spread over the nodes', async () => {
    const [node] = cluster.nodes;
    const slotOf = async (key: string) => node?.ask('CLUSTER', 'KEYSLOT', key);
    const slots = new Set<unknown>();
    for (let partition = 0; partition < 12; partition += 1) {
      const { seen, ...fixed } = partitionKeys('earshot:', partition);
      const keys = [...Object.values(fixed), seen('1500'), seen('15001ms')];
      const own = new Set(await Promise.all(keys.map(slotOf)));
      expect(own.size).toBe(1);
      for (const slot of own) slots.add(Math.floor(Number(slot) / 5_462));
    }
    expect(slots.size).toBe(3);
  });

  it('P7 a partition whose slot moves to another node goes on there', async () => {
    const store = await openRedisLivenessStore({ url: cluster.urls, cluster: true, prefix: 'moving:', partitions: 1 });
    await store.commit(commitTo(null, 1, { systems: [whole(systemHeardAt('pump'))] }));
    const keys = partitionKeys('moving:', 0);
    const slot = Number(await cluster.nodes[0]?.ask('CLUSTER', 'KEYSLOT', keys.partition));
    const ids = await Promise.all(cluster.nodes.map((node) => node.ask('CLUSTER', 'MYID')));
    const from = Math.floor(slot / 5_462);
    const to = (from + 1) % cluster.nodes.length;
    const [source, target] = [cluster.nodes[from]!, cluster.nodes[to]!];
    await target.ask('CLUSTER', 'SETSLOT', slot, 'IMPORTING', String(ids[from]));
    await source.ask('CLUSTER', 'SETSLOT', slot, 'MIGRATING', String(ids[to]));
    const names = (await source.ask('CLUSTER', 'GETKEYSINSLOT', slot, 100)) as readonly string[];
    await source.ask('MIGRATE', '127.0.0.1', target.port, '', 0, 5_000, 'KEYS', ...names);
    for (const node of [target, source]) await node.ask('CLUSTER', 'SETSLOT', slot, 'NODE', String(ids[to]));
    expect(await store.commit(commitTo(1, 2, { systems: [whole(systemHeardAt('valve'))] }))).toEqual({
      accepted: true,
    });
    expect((await store.load(0))?.systems).toHaveLength(2);
    await store.close();
  });

  it('H8 P6 a node that is killed is unavailable in time, and what it lost is noticed when it is back', async () => {
    const options = { url: cluster.urls, cluster: true, prefix: 'killed:', partitions: 12, commandTimeoutMs: 1_000 };
    const store = await openRedisLivenessStore(options);
    for (let partition = 0; partition < 12; partition += 1) await store.commit(commitTo(null, 1, { partition }));
    const slot = Number(await cluster.nodes[0]?.ask('CLUSTER', 'KEYSLOT', partitionKeys('killed:', 5).partition));
    const node = cluster.nodes[Math.floor(slot / 5_462)]!;
    await node.kill();
    for (const call of [() => store.commit(commitTo(1, 2, { partition: 5 })), () => store.readPartitions()]) {
      await expect(call()).rejects.toMatchObject({ code: 'EARSHOT_STORE_UNAVAILABLE' });
    }
    await node.start();
    const found = await untilAvailable(() => store.load(5));
    expect(found).toBeNull();
    expect(await store.commit(commitTo(1, 2, { partition: 5 }))).toEqual({ accepted: false, stored: null });
    await store.close();
  });
});

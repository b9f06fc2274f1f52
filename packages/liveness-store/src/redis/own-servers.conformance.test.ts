import { afterEach, describe, expect, it } from 'vitest';
import {
  commitTo,
  comparable,
  heartbeat,
  idsOf,
  NOW,
  outageEvent,
  rewriteTo,
  systemHeardAt,
  whole,
} from '../conformance/samples.ts';
import type { LivenessStore } from '../port/index.ts';
import { openRedisLivenessStore, type RedisWarning } from './index.ts';
import { describeOnOwnRedis } from './testing/on-redis.ts';
import { type OwnRedis, startOwnRedis } from './testing/own-redis.ts';

const UNAVAILABLE = { code: 'EARSHOT_STORE_UNAVAILABLE' };
const MISCONFIGURED = { code: 'EARSHOT_STORE_MISCONFIGURED' };

describeOnOwnRedis('Redis servers that fail', () => {
  const servers: OwnRedis[] = [];
  const stores: LivenessStore[] = [];
  let warnings: RedisWarning[] = [];
  let notice: () => void = () => undefined;

  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    for (const server of servers.splice(0)) await server.remove();
    warnings = [];
  });

  const start = async (...options: readonly string[]): Promise<OwnRedis> => {
    const server = await startOwnRedis(options);
    servers.push(server);
    return server;
  };
  const open = async (url: string): Promise<LivenessStore> => {
    const store = await openRedisLivenessStore({
      url,
      partitions: 1,
      commandTimeoutMs: 500,
      connectTimeoutMs: 2_000,
      onWarning: (warning) => {
        warnings.push(warning);
        notice();
      },
    });
    stores.push(store);
    return store;
  };
  const until = async (kind: RedisWarning['kind']): Promise<void> => {
    while (!warnings.some((warning) => warning.kind === kind)) {
      await new Promise<void>((resolve) => {
        notice = resolve;
      });
    }
  };
  const ids = idsOf(1_000);
  const first = commitTo(null, 1, {
    systems: ids.map((id) => whole(systemHeardAt(id))),
    publications: [outageEvent(1)],
  });

  it('P2 out of memory: a commit is refused as a whole, reads and marks go on, and it recovers by itself', async () => {
    const server = await start();
    const store = await open(server.url);
    await store.commit(first);
    const before = comparable(await store.load(0));
    const systems = [...ids.map((id) => heartbeat(systemHeardAt(id, NOW + 9))), whole(systemHeardAt('new'))];
    const next = commitTo(1, 2, { systems, removed: ['system-3'].filter((id) => !ids.includes(id)) });
    await server.ask('CONFIG', 'SET', 'maxmemory', 1);
    await expect(store.commit(next)).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.commit({ ...next, systems: [], removed: ids })).rejects.toMatchObject(UNAVAILABLE);
    expect(comparable(await store.load(0))).toEqual(before);
    expect(await store.readPartitions()).toHaveLength(1);
    await store.markPublished(0, 1);
    expect((await store.load(0))?.outbox).toEqual([]);
    await server.ask('CONFIG', 'SET', 'maxmemory', 0);
    expect(await store.commit(next)).toEqual({ accepted: true });
  });

  it('H8 P6 killed and empty again: calls reject at once, then nothing is stored, and a rewrite mends it', async () => {
    const server = await start();
    const store = await open(server.url);
    await store.commit(first);
    const before = comparable(await store.load(0));
    await server.kill();
    await until('connection_lost');
    await expect(store.commit(commitTo(1, 2))).rejects.toMatchObject(UNAVAILABLE);
    await expect(store.readPartitions()).rejects.toMatchObject(UNAVAILABLE);
    await server.start();
    await until('connection_restored');
    expect(await store.load(0)).toBeNull();
    expect(await store.commit(commitTo(1, 2))).toEqual({ accepted: false, stored: null });
    await store.rewrite(rewriteTo(1, { systems: first.systems, publications: first.publications }));
    expect(comparable(await store.load(0))).toEqual(before);
  });

  it('H1 frozen: calls reject in time and pile up nowhere, and it goes on where it stood', async () => {
    const server = await start();
    const store = await open(server.url);
    await store.commit(first);
    server.signal('SIGSTOP');
    const next = commitTo(1, 2, { systems: ids.map((id) => heartbeat(systemHeardAt(id, NOW + 9))) });
    const calls = await Promise.allSettled(Array.from({ length: 50 }, () => store.commit(next)));
    expect(calls.filter(({ status }) => status === 'fulfilled')).toEqual([]);
    await until('connection_lost');
    server.signal('SIGCONT');
    await until('connection_restored');
    const landed = (await store.load(0))?.state.position === 2;
    expect(await store.commit(next)).toEqual(landed ? { accepted: false, stored: 2 } : { accepted: true });
    expect((await store.load(0))?.systems[0]?.since).toBe(NOW + 9);
  });

  it('scripts that were forgotten are sent again', async () => {
    const server = await start();
    const store = await open(server.url);
    await store.commit(first);
    await server.ask('SCRIPT', 'FLUSH');
    expect(await store.commit(commitTo(1, 2))).toEqual({ accepted: true });
  });

  it('H9 a server that became a replica is left, and its name asked again', async () => {
    const server = await start();
    const store = await open(server.url);
    await store.commit(first);
    await server.ask('REPLICAOF', '127.0.0.1', 1);
    await expect(store.commit(commitTo(1, 2))).rejects.toMatchObject(UNAVAILABLE);
    await until('connection_lost');
    await server.ask('REPLICAOF', 'NO', 'ONE');
    await until('connection_restored');
    expect(await store.commit(commitTo(1, 2))).toEqual({ accepted: true });
  });

  it('P5 one that would forget systems is refused with the command, at the start and after it came back', async () => {
    const forgetful = await start('--maxmemory-policy', 'allkeys-lru');
    await expect(open(forgetful.url)).rejects.toMatchObject({
      ...MISCONFIGURED,
      message: expect.stringContaining('CONFIG SET maxmemory-policy noeviction') as string,
    });
    await forgetful.ask('CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    await open(forgetful.url);
    await forgetful.kill(); // it comes back as it was started
    await forgetful.start();
    await until('misconfigured');
  });

  it('P5 the policy is found where CONFIG is forbidden', async () => {
    const server = await start('--maxmemory-policy', 'volatile-ttl', '--rename-command', 'CONFIG', '');
    await expect(open(server.url)).rejects.toMatchObject(MISCONFIGURED);
  });

  it('a wrong password is misconfigured, the right one is taken from the url', async () => {
    const server = await start('--requirepass', 'correct horse');
    const withPassword = (password: string) => `redis://:${encodeURIComponent(password)}@127.0.0.1:${server.port}`;
    await expect(open(withPassword('wrong'))).rejects.toMatchObject(MISCONFIGURED);
    await expect(open(server.url)).rejects.toMatchObject(MISCONFIGURED);
    expect(await (await open(withPassword('correct horse'))).load(0)).toBeNull();
  });

  it('one that is not there, or frozen, is unavailable in time', async () => {
    const server = await start();
    server.signal('SIGSTOP');
    await expect(open(server.url)).rejects.toMatchObject(UNAVAILABLE);
    server.signal('SIGCONT');
    await server.kill();
    await expect(open(server.url)).rejects.toMatchObject(UNAVAILABLE);
  });

  describe('limits', () => {
    it('P5 G12 nothing is left in the way of a store that is closed', async () => {
      const server = await start();
      const store = await open(server.url);
      await store.commit(first);
      await store.close();
      const clients = String(await server.ask('CLIENT', 'LIST'))
        .trim()
        .split('\n');
      expect(clients).toHaveLength(1); // who asks
    });
  });
});

import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { Failure, LivenessStoreHarness, TestStorage } from '../../conformance/index.ts';
import type { LivenessStore } from '../../port/index.ts';
import { openRedisLivenessStore, type RedisLivenessStoreOptions } from '../index.ts';
import { createCuttableProxy, type CuttableProxy, type ProxyMode } from './cuttable-proxy.ts';
import { createRedisKeysAccess } from './redis-keys.ts';

/** More than the highest partition the suite uses. */
const TEST_PARTITIONS = 120;

export const uniquePrefix = (): string => `earshot-test-${randomBytes(6).toString('hex')}:`;

/**
 * Storage under a prefix of its own, of which nothing is left. `urls` lead to the server whatever happens to the way of
 * the store.
 */
export const createRedisStorage = (
  urls: string,
  options: Omit<RedisLivenessStoreOptions, 'prefix' | 'partitions'>,
  own: { readonly prefix?: string; readonly end?: () => Promise<void> } = {},
): TestStorage => {
  const { prefix = uniquePrefix(), end = async () => undefined } = own;
  const keys = createRedisKeysAccess(urls);
  const opened: LivenessStore[] = [];
  return {
    open: async () => {
      const store = await openRedisLivenessStore({ partitions: TEST_PARTITIONS, prefix, ...options });
      opened.push(store);
      return store;
    },
    wipe: () => keys.remove(prefix),
    takeCopy: () => keys.copy(prefix),
    remove: async () => {
      for (const store of opened) await store.close();
      await keys.remove(prefix);
      keys.close();
      await end();
    },
  };
};

/** A way that fails, and what the store on it said. */
interface FailingWay {
  readonly proxy: CuttableProxy;
  readonly warnings: EventEmitter;
}

/** What a store sees when the way to its server fails. The server itself and its other users are left alone. */
const failureOnTheWay = (name: string, url: string, mode: ProxyMode): Failure => {
  const ways = new Map<TestStorage, FailingWay>();
  return {
    name,
    create: async () => {
      const direct = new URL(url);
      const proxy = await createCuttableProxy(direct.hostname, Number(direct.port || 6_379));
      const warnings = new EventEmitter();
      const through = new URL(url);
      through.host = `127.0.0.1:${proxy.port}`;
      const storage = createRedisStorage(
        url,
        { url: through.href, commandTimeoutMs: 500, onWarning: ({ kind }) => warnings.emit(kind) },
        { end: () => proxy.close() },
      );
      ways.set(storage, { proxy, warnings });
      return storage;
    },
    begin: async (storage) => {
      const way = ways.get(storage);
      if (way === undefined) throw new RangeError('this failure belongs to another storage');
      const { proxy, warnings } = way;
      const restored = once(warnings, 'connection_restored');
      proxy.setMode(mode);
      return async () => {
        proxy.setMode('pass');
        await restored;
      };
    },
  };
};

export const createRedisHarness = (server: { readonly url: string }): LivenessStoreHarness => ({
  create: async () => createRedisStorage(server.url, { url: server.url }),
  lacking: {},
  failures: [
    failureOnTheWay('connection cut', server.url, 'cut'),
    failureOnTheWay('requests lost on the way', server.url, 'deaf'),
    failureOnTheWay('answers lost on the way', server.url, 'mute'),
  ],
  failuresLacking: [],
});

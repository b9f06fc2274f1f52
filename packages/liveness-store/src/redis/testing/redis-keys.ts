import { Cluster, Redis } from 'ioredis';

/** What tests do to the keys behind a store's back. */
export interface RedisKeysAccess {
  /** All keys that begin so. */
  list(prefix: string): Promise<readonly string[]>;
  remove(prefix: string): Promise<void>;
  /** Takes a copy; the answer puts it back in place of whatever is there then. */
  copy(prefix: string): Promise<() => Promise<void>>;
  close(): void;
}

const listOn = async (node: Redis, prefix: string): Promise<readonly string[]> => {
  const keys: string[] = [];
  let cursor = '0';
  do {
    const [next, found] = await node.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1_000);
    keys.push(...found);
    cursor = next;
  } while (cursor !== '0');
  return keys;
};

/** `urls` are of a cluster's nodes where there are several. */
export const createRedisKeysAccess = (urls: string): RedisKeysAccess => {
  const nodes = urls.split(',');
  const client = nodes.length === 1 ? new Redis(urls) : new Cluster(nodes);
  client.on('error', () => undefined);
  const list = async (prefix: string): Promise<readonly string[]> => {
    if (client instanceof Redis) return listOn(client, prefix);
    await client.ping();
    return (await Promise.all(client.nodes('master').map((node) => listOn(node, prefix)))).flat();
  };
  const remove = async (prefix: string): Promise<void> => {
    for (const key of await list(prefix)) await client.unlink(key);
  };
  return {
    list,
    remove,
    copy: async (prefix) => {
      const keys = await list(prefix);
      const dumps = await Promise.all(keys.map((key) => client.dumpBuffer(key)));
      return async () => {
        await remove(prefix);
        for (const [index, key] of keys.entries()) await client.restore(key, 0, dumps[index] ?? '');
      };
    },
    close: () => client.disconnect(),
  };
};

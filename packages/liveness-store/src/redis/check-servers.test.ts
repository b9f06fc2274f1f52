import { describe, expect, it } from 'vitest';
import { checkServers } from './check-servers.ts';

const info = (members: Readonly<Record<string, string>> = {}): string =>
  Object.entries({ redis_version: '7.0.15', maxmemory_policy: 'noeviction', cluster_enabled: '0', ...members })
    .map(([name, value]) => `${name}:${value}`)
    .join('\r\n');

const refusalOf = (infos: readonly string[], isCluster = false): unknown => {
  try {
    checkServers(infos, isCluster);
    return null;
  } catch (error) {
    return error;
  }
};

describe('servers', () => {
  it.each(['7.0.0', '7.2.4', '8.2.1', '10.0'])('version %s can keep the projection', (version) => {
    expect(refusalOf([info({ redis_version: version })])).toBeNull();
  });

  it.each(['6.2.14', '5.0', 'unknown'])('version %s is refused', (version) => {
    expect(refusalOf([info({ redis_version: version })])).toMatchObject({ code: 'EARSHOT_STORE_MISCONFIGURED' });
  });

  it.each(['allkeys-lru', 'volatile-lru', 'volatile-ttl', 'allkeys-random'])(
    'P5 a policy of %s is refused with the command that mends it',
    (policy) => {
      expect(refusalOf([info(), info({ maxmemory_policy: policy })], true)).toMatchObject({
        code: 'EARSHOT_STORE_MISCONFIGURED',
        message: expect.stringContaining('redis-cli CONFIG SET maxmemory-policy noeviction') as string,
      });
    },
  );

  it('a part of a cluster is refused where none is expected', () => {
    const part = info({ cluster_enabled: '1' });
    expect(refusalOf([part])).toMatchObject({ code: 'EARSHOT_STORE_MISCONFIGURED' });
    expect(refusalOf([part], true)).toBeNull();
  });
});

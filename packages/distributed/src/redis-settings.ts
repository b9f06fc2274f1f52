import { booleanSetting, requiredSecretSetting, type Setting, textSetting } from '@earshot/runtime';

/** How to reach Redis. The address may hold a password, so it is treated as a secret. */
export type RedisSettings = {
  readonly redisUrl: Setting<string>;
  readonly redisPrefix: Setting<string>;
  readonly redisCluster: Setting<boolean>;
};

export const REDIS_SETTINGS: RedisSettings = {
  redisUrl: requiredSecretSetting('EARSHOT_REDIS_URL', { lengthMin: 1, expected: 'redis://host:port' }),
  redisPrefix: textSetting('EARSHOT_REDIS_PREFIX', 'earshot:'),
  redisCluster: booleanSetting('EARSHOT_REDIS_CLUSTER', false),
};

import { livenessStoreConformance } from '../conformance/index.ts';
import { describeOnRedis } from './testing/on-redis.ts';
import { createRedisHarness } from './testing/redis-harness.ts';

describeOnRedis('liveness store on Redis', (url) => livenessStoreConformance('Redis', createRedisHarness({ url })));

import { type RedisScript, redisScript } from './redis-script.ts';

/**
 * Takes publications out of the outbox. KEYS: partition, outbox. ARGV: the first position that stays. The count of
 * marks tells whoever is just reading the outbox page by page that it changed.
 */
export const MARK_SCRIPT: RedisScript = redisScript(`
#!lua flags=allow-oom
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local trimmed = redis.call('XTRIM', KEYS[2], 'MINID', ARGV[1])
if trimmed > 0 then redis.call('HINCRBY', KEYS[1], 'marks', 1) end
return trimmed
`);

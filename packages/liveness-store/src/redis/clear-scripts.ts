import { type RedisScript, redisScript } from './redis-script.ts';

/**
 * What may be there when a partition is cleared.
 *
 * - `remains`: no position
 * - `anything`
 */
export type Clearable = 'remains' | 'anything';

/**
 * Makes a partition missing for everyone and drops what can be dropped at once. KEYS: partition, systems, outbox,
 * explicit. ARGV: what may be there, the version the caller knows (empty: none), the owner that begins to rewrite
 * (empty: nobody), the new version. Answers `refused` and the stored position, `stale`, or `accepted`.
 *
 * The `seen` indexes stay, and `ttls` names them: they are dropped step by step by SWEEP_SCRIPT.
 */
export const CLEAR_SCRIPT: RedisScript = redisScript(`
#!lua flags=allow-oom
local clearable, version, owner, newVersion = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local stored = redis.call('HMGET', KEYS[1], 'position', 'version')
if clearable == 'remains' and stored[1] then return {'refused', stored[1]} end
if (stored[2] or '') ~= version then return {'stale'} end
redis.call('UNLINK', unpack(KEYS))
if owner ~= '' then redis.call('HSET', KEYS[1], 'rewriting', owner, 'version', newVersion) end
return {'accepted'}
`);

/**
 * Drops some `seen` indexes of a cleared partition. KEYS: partition, ttls, then the indexes. ARGV: the version that
 * clearing left (empty: none), then the indexes' names. Answers `stale` or `accepted`.
 */
export const SWEEP_SCRIPT: RedisScript = redisScript(`
#!lua flags=allow-oom
local FIRST_INDEX = 3
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return {'stale'} end
redis.call('UNLINK', unpack(KEYS, FIRST_INDEX))
redis.call('SREM', KEYS[2], unpack(ARGV, 2))
return {'accepted'}
`);

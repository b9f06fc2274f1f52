import { createHash } from 'node:crypto';

/**
 * A Lua script, atomic in Redis. All begin with `#!lua`: Redis then looks at the memory limit once before it starts
 * one, and never in the middle.
 */
export interface RedisScript {
  readonly lua: string;
  /** By which Redis knows it once it has seen it. */
  readonly sha1: string;
}

export const redisScript = (lua: string): RedisScript => {
  const text = lua.trim();
  return { lua: text, sha1: createHash('sha1').update(text).digest('hex') };
};

import { spawnSync } from 'node:child_process';
import { describe, it } from 'vitest';

const URL = process.env['EARSHOT_TEST_REDIS_URL'];
const IS_REQUIRED = process.env['EARSHOT_TEST_REQUIRE_BROKERS'] === '1';
const NO_URL = 'EARSHOT_TEST_REDIS_URL names no Redis';
const NO_SERVER = 'there is no redis-server on the PATH';

/** Skipped aloud, or a failure. */
const registerLacking = (title: string, reason: string, isRequired: boolean): void => {
  if (isRequired) {
    it(title, () => {
      throw new Error(reason);
    });
    return;
  }
  process.stderr.write(`${title}: skipped: ${reason}\n`);
  describe.skip(`${title} (${reason})`, () => {
    it('is proven', () => undefined);
  });
};

/** Tests on the Redis that EARSHOT_TEST_REDIS_URL names, which others may use at the same time. */
export const describeOnRedis = (title: string, register: (url: string) => void): void => {
  if (URL === undefined) registerLacking(title, NO_URL, IS_REQUIRED);
  else describe(title, () => register(URL));
};

/**
 * Tests that start servers of their own, because they set them up strangely, freeze or kill them. They run where tests
 * on Redis are wanted at all.
 */
export const describeOnOwnRedis = (title: string, register: () => void): void => {
  if (URL === undefined) registerLacking(title, NO_URL, IS_REQUIRED);
  else if (spawnSync('redis-server', ['--version']).status !== 0) registerLacking(title, NO_SERVER, false);
  else describe(title, register);
};

import { describe } from 'vitest';
import { commitTests } from './commit-tests.ts';
import { failureTests } from './failure-tests.ts';
import { type LivenessStoreHarness, registerTests } from './harness.ts';
import { hostileIdTests } from './hostile-id-tests.ts';
import { lossTests } from './loss-tests.ts';
import { outboxTests } from './outbox-tests.ts';
import { randomHistoryTests } from './random-history-tests.ts';
import { readerTests } from './reader-tests.ts';
import { rewriteTests } from './rewrite-tests.ts';
import { silenceTests } from './silence-tests.ts';

/**
 * Registers the tests that make an adapter a liveness store: each of P1 to P7, and the readers. They are the port's
 * definition; what they do not show is not promised. A capability that is lacking skips its tests aloud.
 */
export const livenessStoreConformance = (name: string, harness: LivenessStoreHarness): void => {
  const reasons = [...Object.values(harness.lacking), ...harness.failuresLacking];
  for (const reason of new Set(reasons)) process.stderr.write(`${name}: some tests are skipped: ${reason}\n`);
  describe(`liveness store: ${name}`, () => {
    const test = registerTests(harness);
    describe('commits', () => commitTests(test));
    describe('rewrites', () => rewriteTests(test));
    describe('outbox', () => outboxTests(test));
    describe('losses', () => lossTests(test));
    describe('hostile ids', () => hostileIdTests(test));
    describe('readers', () => readerTests(test));
    describe('late and held', () => silenceTests(test));
    describe('failures', () => failureTests(test, harness));
    describe('random histories', () => randomHistoryTests(harness));
  });
};

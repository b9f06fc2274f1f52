import { describe, expect, it } from 'vitest';
import { createSparseLogger, type Logger, silentLogger } from './logger.ts';

describe('a sparse logger', () => {
  it('says a thing once a period, and how often it kept quiet since', () => {
    const said: object[] = [];
    const logger: Logger = { ...silentLogger, warn: (fields) => said.push(fields) };
    let now = 0;
    const warn = createSparseLogger(logger, { periodMs: 1_000, monotonicNow: () => now });
    for (now = 0; now < 2_000; now += 400) warn({ now }, 'again');
    expect(said).toEqual([
      { now: 0, swallowed: 0 },
      { now: 1_200, swallowed: 2 },
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { ChangeJob } from './change-job.ts';
import { BATCH_CHANGES_MAX, createChangeQueue, QUEUED_CHANGES_MAX, takeBatch } from './change-queue.ts';

const job = (key: string, looksAt: readonly string[] | null = [], members: Partial<ChangeJob> = {}): ChangeJob => ({
  key,
  looksAt,
  by: '',
  decide: () => Promise.resolve({ refused: { reason: 'not_found' } }),
  finish: () => undefined,
  refuse: () => undefined,
  fail: () => undefined,
  ...members,
});
const batchesOf = (jobs: readonly ChangeJob[]): string[][] => {
  const queue = [...jobs];
  const batches: string[][] = [];
  while (queue.length > 0) batches.push(takeBatch(queue).map(({ key }) => key));
  return batches;
};

describe('takeBatch', () => {
  it.each([
    ['that touch nothing in common go together', [job('a'), job('b'), job('c', ['d'])], [['a', 'b', 'c']]],
    [
      'of the same key go one after the other',
      [job('a'), job('b'), job('a'), job('c')],
      [
        ['a', 'b'],
        ['a', 'c'],
      ],
    ],
    ['that look at what another writes wait for it', [job('a'), job('b', ['a']), job('c')], [['a'], ['b', 'c']]],
    ['that others look at before go along', [job('b', ['a']), job('a')], [['b', 'a']]],
    ['that look at everything go alone', [job('a'), job('b', null), job('c'), job('d')], [['a'], ['b'], ['c', 'd']]],
    ['that look at everything go alone when first', [job('b', null), job('c')], [['b'], ['c']]],
  ])('changes %s', (_title, jobs, batches) => {
    expect(batchesOf(jobs)).toEqual(batches);
  });

  it('G12 takes no more than one append should hold', () => {
    const jobs = Array.from({ length: BATCH_CHANGES_MAX + 1 }, (_, index) => job(`${index}`));
    expect(batchesOf(jobs).map((batch) => batch.length)).toEqual([BATCH_CHANGES_MAX, 1]);
  });
});

describe('createChangeQueue', () => {
  it('makes a lone change at once, and those that came meanwhile together', async () => {
    const batches: string[][] = [];
    const queue = createChangeQueue(async (jobs) => {
      batches.push(jobs.map(({ key }) => key));
      await Promise.resolve();
    });
    for (const key of ['a', 'b', 'c']) expect(queue.add(job(key))).toBe(true);
    await queue.close();
    expect(batches).toEqual([['a'], ['b', 'c']]);
  });

  it('G12 takes no more than its bound, and again when there is room', async () => {
    const first = Promise.withResolvers<void>();
    const queue = createChangeQueue(() => first.promise);
    queue.add(job('first'));
    for (let index = 0; index < QUEUED_CHANGES_MAX; index += 1) expect(queue.add(job(`${index}`))).toBe(true);
    expect(queue.add(job('one too many'))).toBe(false);
    first.resolve();
    await new Promise(setImmediate);
    expect(queue.add(job('room again'))).toBe(true);
    await queue.close();
  });

  it('settles what it has taken, and takes nothing more once closed', async () => {
    const made: string[] = [];
    const queue = createChangeQueue((jobs) => {
      made.push(...jobs.map(({ key }) => key));
      return Promise.resolve();
    });
    queue.add(job('a'));
    queue.add(job('b'));
    const closed = queue.close();
    expect(queue.add(job('c'))).toBe(false);
    await closed;
    await queue.close();
    expect(made).toEqual(['a', 'b']);
  });

  it('fails the jobs of a batch that throws and goes on with the next', async () => {
    const failed: unknown[] = [];
    let batches = 0;
    const queue = createChangeQueue(() => {
      batches += 1;
      return batches === 1 ? Promise.reject(new Error('on purpose')) : Promise.resolve();
    });
    queue.add(job('a', [], { fail: (error) => failed.push(error) }));
    queue.add(job('b', [], { fail: (error) => failed.push(error) }));
    await queue.close();
    expect([batches, failed]).toMatchObject([2, [{ message: 'on purpose' }]]);
  });
});

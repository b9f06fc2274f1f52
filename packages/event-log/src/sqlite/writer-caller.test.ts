import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { createWriterCaller } from './writer-caller.ts';

const MAINTAIN = { kind: 'maintain', now: 0 } as const;

/** A thread that says it is open, and ends when it is asked for anything. */
const startDyingThread = (ending: string): Worker =>
  new Worker(
    `const { parentPort } = require('node:worker_threads');
     parentPort.on('message', () => { ${ending} });
     parentPort.postMessage({ id: 0, answer: 'open' });`,
    { eval: true },
  );

describe('calls into the writer thread', () => {
  it.each([
    ['exits', 'process.exit(1)'],
    ['throws', 'throw new Error("broken")'],
  ])(
    'L13 a thread that %s fails the call under way, which may have landed, and refuses later ones, which have not',
    async (_, ending) => {
      const worker = startDyingThread(ending);
      const exited = once(worker, 'exit').catch(() => undefined);
      const { opened, call } = createWriterCaller(worker);
      expect(await opened).toBe('open');
      const refused = { code: 'EARSHOT_LOG_UNAVAILABLE' };
      await expect(call(MAINTAIN)).rejects.toMatchObject({ ...refused, mayHaveLanded: true });
      await exited;
      await expect(call(MAINTAIN)).rejects.toMatchObject({ ...refused, mayHaveLanded: false });
    },
  );

  it('a thread that ends before it is open fails the opening', async () => {
    const { opened } = createWriterCaller(new Worker('process.exit(1)', { eval: true }));
    await expect(opened).rejects.toMatchObject({ code: 'EARSHOT_LOG_UNAVAILABLE' });
  });
});

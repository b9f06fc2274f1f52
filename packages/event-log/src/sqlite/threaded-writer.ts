import { Worker } from 'node:worker_threads';
import { createWriterCaller } from './writer-caller.ts';
import { parseFirstPositions, parseOpened, parseTopics, type WriterThreadOptions } from './writer-messages.ts';
import type { Writer } from './writer.ts';

/**
 * The writer of a log on disk, in a thread of its own: measured as fast as in the caller's, and a stalled disk stops neither the
 * event loop nor the deadline of an append. Rejects if the file cannot be opened.
 */
export const openThreadedWriter = async (options: WriterThreadOptions): Promise<Writer> => {
  // Flags of the process (`--eval`, for one) are not meant for this thread.
  const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: options, execArgv: [] });
  const { opened, call } = createWriterCaller(worker);
  const { newestAppendedAt, topics } = parseOpened(await opened);
  return {
    newestAppendedAt,
    topics,
    prepare: async (specs) => parseTopics(await call({ kind: 'prepare', specs })),
    append: async (group) => parseFirstPositions(await call({ kind: 'append', group })),
    maintain: async (now) => void (await call({ kind: 'maintain', now })),
    close: async () => {
      // A thread that hangs with its disk must not keep the process from ending.
      worker.unref();
      await call({ kind: 'close' });
    },
  };
};

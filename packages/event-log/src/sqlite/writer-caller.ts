import type { Worker } from 'node:worker_threads';
import { EventLogError } from '../port/index.ts';
import { errorOf } from './sqlite-failure.ts';
import { parseReply, type WriterCall, type WriterRequest } from './writer-messages.ts';

interface Pending {
  resolve(answer: unknown): void;
  reject(error: EventLogError): void;
}

export interface WriterCaller {
  /** The thread's first message: how opening went. */
  readonly opened: Promise<unknown>;
  readonly call: (call: WriterCall) => Promise<unknown>;
}

/** Id of the thread's first message. */
const OPENING = 0;

/** Calls into the writer's thread; each settles with its answer, or when the thread has ended. */
export const createWriterCaller = (worker: Worker): WriterCaller => {
  const pending = new Map<number, Pending>();
  let ended: EventLogError | null = null;
  let lastId = OPENING;

  const register = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => void pending.set(id, { resolve, reject }));

  const end = (cause: unknown): void => {
    ended ??= new EventLogError('EARSHOT_LOG_UNAVAILABLE', "The log's writer has ended.", {
      mayHaveLanded: true,
      cause,
    });
    for (const each of pending.values()) each.reject(ended);
    pending.clear();
  };

  worker.on('message', (message: unknown) => {
    const reply = parseReply(message);
    const waiting = pending.get(reply.id);
    pending.delete(reply.id);
    if ('failure' in reply) waiting?.reject(errorOf(reply.failure));
    else waiting?.resolve(reply.answer);
  });
  worker.on('error', end);
  worker.on('exit', () => end(undefined));

  return {
    opened: register(OPENING),
    call: async (call) => {
      if (ended !== null) throw new EventLogError(ended.code, ended.message, { cause: ended });
      lastId += 1;
      const request: WriterRequest = { id: lastId, call };
      const answer = register(lastId);
      worker.postMessage(request);
      return answer;
    },
  };
};

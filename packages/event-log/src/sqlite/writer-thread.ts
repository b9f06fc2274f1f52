import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { EventLogError } from '../port/index.ts';
import { openWritingDatabase } from './database.ts';
import { createDiskReserve, type DiskReserve } from './disk-reserve.ts';
import { createLogWriter, type LogWriter } from './log-writer.ts';
import { createMaintenanceRunner } from './maintenance-runner.ts';
import { failureOf } from './sqlite-failure.ts';
import {
  parseRequest,
  parseThreadOptions,
  type WriterCall,
  type WriterReply,
  type WriterThreadOptions,
} from './writer-messages.ts';

/** Entry of the writer's thread: opens the file, says so, then does what it is asked, one call after the other. */

const reply = (message: WriterReply): void => parentPort?.postMessage(message);

/** On a full disk even opening needs room, for the index of the write-ahead log: then the reserve gives it. */
const openWithReserve = (options: WriterThreadOptions, reserve: DiskReserve): DatabaseSync => {
  try {
    return openWritingDatabase(options);
  } catch (error) {
    if (error instanceof EventLogError) throw error;
    reserve.release();
    return openWritingDatabase(options);
  }
};

const open = (): LogWriter => {
  const options = parseThreadOptions(workerData);
  const reserve = createDiskReserve(`${options.path}.reserve`, options.reserveBytes);
  return createLogWriter(openWithReserve(options, reserve), reserve);
};

const serve = (writer: LogWriter): void => {
  const maintenance = createMaintenanceRunner(writer);

  const close = async (): Promise<void> => {
    await maintenance.end();
    writer.close();
  };

  const answer = (call: WriterCall): unknown => {
    switch (call.kind) {
      case 'append':
        return writer.append(call.group);
      case 'prepare':
        return writer.prepare(call.specs);
      case 'maintain':
        return maintenance.run(call.now);
      case 'close':
        return close();
    }
  };

  const respond = async (id: number, call: WriterCall): Promise<void> => {
    try {
      const answered = answer(call);
      // Appends answer in the same turn: a needless await would cost each of them one.
      reply({ id, answer: answered instanceof Promise ? await answered : answered });
    } catch (error) {
      reply({ id, failure: failureOf(error, false) });
    }
    if (call.kind === 'close') parentPort?.close();
  };

  parentPort?.on('message', (message: unknown) => {
    const { id, call } = parseRequest(message);
    void respond(id, call);
  });
  reply({ id: 0, answer: { newestAppendedAt: writer.newestAppendedAt(), topics: writer.topics() } });
};

try {
  serve(open());
} catch (error) {
  reply({ id: 0, failure: failureOf(error, false) });
}

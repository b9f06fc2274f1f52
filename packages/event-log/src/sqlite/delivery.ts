import { setImmediate as nextTurn } from 'node:timers/promises';
import { EventLogError, type LogRecord, type RecordBatch } from '../port/index.ts';
import { positionFault, type RecordSource } from './record-source.ts';
import { toEventLogError } from './sqlite-failure.ts';
import type { Stream } from './stream.ts';

export interface DeliveryOptions {
  readonly source: RecordSource;
  readonly stream: Stream;
  /** Must be readable at this time: between `first` and `end`. */
  readonly from: number;
  records(batch: RecordBatch): Promise<void> | void;
  /** Delivery has stopped by itself. */
  failed(error: EventLogError): void;
}

/** The records of one partition on their way to one handler. */
export interface Delivery {
  /** Position of the next record to be delivered. */
  position(): number;
  /** Delivers nothing more; a call under way goes on. */
  stop(): void;
  /** Resolves when stopped or failed and no handler call is running; never rejects. */
  readonly ended: Promise<void>;
}

/** Hands over batch after batch, the next when the handler has taken the last; at the end it waits until an append wakes it. */
export const startDelivery = (options: DeliveryOptions): Delivery => {
  const { source, stream } = options;
  let next = options.from;
  let isStopped = false;
  let wake: () => void = () => undefined;

  const waitForRecords = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      stream.waiting.add(wake);
    });

  const handOver = async (records: readonly LogRecord[]): Promise<void> => {
    const { topic, partition } = stream;
    try {
      await options.records({ topic, partition, records });
    } catch (error) {
      throw new EventLogError('EARSHOT_LOG_HANDLER_FAILED', `The handler of ${topic}/${partition} failed at ${next}.`, {
        cause: error,
      });
    }
    next = (records.at(-1)?.position ?? next) + 1;
  };

  /** Where nothing is compacted a gap means that retention was faster than the reader. */
  const checkGap = (first: LogRecord): void => {
    if (stream.compacted || first.position === next) return;
    const fault = positionFault(stream, next, source.bounds(stream));
    if (fault !== null) throw fault;
  };

  const deliver = async (): Promise<void> => {
    while (!isStopped) {
      const records = source.read(stream, next);
      const first = records[0];
      if (first === undefined) await waitForRecords();
      else {
        checkGap(first);
        await handOver(records);
        // Catching up must not keep the event loop from everything else.
        await nextTurn();
      }
    }
  };

  const run = async (): Promise<void> => {
    try {
      await deliver();
    } catch (error) {
      if (!isStopped) options.failed(toEventLogError(error));
    } finally {
      isStopped = true;
    }
  };

  return {
    position: () => next,
    stop: () => {
      isStopped = true;
      stream.waiting.delete(wake);
      wake();
    },
    // Not before the caller has this object: a handler may stop or restart its own delivery.
    ended: Promise.resolve().then(run),
  };
};

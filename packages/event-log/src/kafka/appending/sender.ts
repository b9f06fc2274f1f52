import type { Producer, RecordMetadata, TopicMessages } from 'kafkajs';
import { EventLogError } from '../../port/index.ts';
import { within, type Clock } from '../client/clock.ts';
import { toEventLogError } from '../client/kafka-failure.ts';
import type { KafkaLogLine } from '../options.ts';

export interface SenderDependencies {
  readonly createProducer: () => Producer;
  readonly clock: Clock;
  /** Given to the broker for its replicas. */
  readonly produceTimeoutMs: number;
  /** After which a send has failed, whatever the library still does. */
  readonly deadlineMs: number;
  readonly logged: (line: KafkaLogLine) => void;
}

/** Sends records over one producer, which is replaced when a send hangs. */
export interface Sender {
  /** Connects; rejects with EventLogError when no broker answers. */
  connect(): Promise<void>;
  /**
   * The brokers' answers, to be checked for what they cover. Rejects with the library's error, or with EventLogError.
   */
  send(topicMessages: TopicMessages[]): Promise<readonly RecordMetadata[]>;
  close(): Promise<void>;
}

/** A producer with the sends that are under way on it. */
interface Line {
  readonly producer: Producer;
  readonly underWay: Set<Promise<unknown>>;
}

export const createSender = (dependencies: SenderDependencies): Sender => {
  const { createProducer, clock, deadlineMs } = dependencies;
  let current: Promise<Line> | null = null;
  /** When the line before is done with its sends: a new one that overtook it could turn the order of a partition. */
  let isClear: Promise<unknown> = Promise.resolve();

  const limit = { clock, deadlineMs, late: () => timeout(deadlineMs, true) };

  const openLine = async (): Promise<Line> => {
    await isClear;
    const producer = createProducer();
    try {
      await within({ ...limit, late: () => timeout(deadlineMs, false) }, producer.connect());
      return { producer, underWay: new Set() };
    } catch (error) {
      current = null;
      void producer.disconnect().catch(() => undefined);
      throw toEventLogError(error, 'No broker could be reached');
    }
  };

  const line = (): Promise<Line> => (current ??= openLine());

  /** Takes a line out of use, once. */
  const replace = async (old: Promise<Line> | null, { producer, underWay }: Line): Promise<void> => {
    if (current !== old) return;
    current = null;
    const settled = Promise.allSettled(underWay);
    isClear = Promise.race([settled, producer.disconnect().catch(() => settled)]);
    dependencies.logged({ level: 'warn', message: 'producer replaced', fields: { deadlineMs } });
  };

  const send = async (topicMessages: TopicMessages[]): Promise<readonly RecordMetadata[]> => {
    const used = line();
    const open = await within({ ...limit, late: () => timeout(deadlineMs, false) }, used);
    const sending = open.producer.sendBatch({ acks: -1, timeout: dependencies.produceTimeoutMs, topicMessages });
    open.underWay.add(sending);
    const settle = (): void => void open.underWay.delete(sending);
    sending.then(settle, settle);
    try {
      return await within(limit, sending);
    } catch (error) {
      if (error instanceof EventLogError) void replace(used, open);
      throw error;
    }
  };

  return {
    connect: async () => void (await line()),
    send,
    close: async () => {
      const last = current;
      current = null;
      if (last === null) return;
      await last.then(({ producer }) => producer.disconnect()).catch(() => undefined);
    },
  };
};

const timeout = (deadlineMs: number, mayHaveLanded: boolean): EventLogError =>
  new EventLogError('EARSHOT_LOG_TIMEOUT', `The brokers did not take the records within ${deadlineMs} ms.`, {
    mayHaveLanded,
  });

import type { RecordMetadata, TopicMessages } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import type { AppendOutcome } from '../../port/index.ts';
import { createAppendQueue, type AppendQueue } from './append-queue.ts';
import type { KafkaLogLine } from '../options.ts';
import { createHandClock, type HandClock } from '../testing/hand-clock.ts';
import { checkedRecord } from '../testing/records.ts';

const DEADLINE_MS = 5_000;

/** A send that waits for the test's word. */
interface Send {
  /** `partition:value` of each record, in the order sent. */
  readonly records: readonly string[];
  /** Answers for these partitions, or for all that were sent. */
  land(...partitions: readonly number[]): void;
  fail(error: Error): void;
}

interface Scene {
  readonly queue: AppendQueue;
  readonly clock: HandClock;
  readonly sends: readonly Send[];
  readonly lines: readonly string[];
  readonly append: (...records: readonly (readonly [partition: number, value: string])[]) => Promise<readonly string[]>;
  /** Lets everything happen that waits only for its turn. */
  readonly turn: () => Promise<void>;
}

const told = (outcome: AppendOutcome): string => {
  if ('position' in outcome) return `at ${outcome.position}`;
  return `${outcome.error.code.replace('EARSHOT_LOG_', '')}${outcome.error.mayHaveLanded ? ', may have landed' : ''}`;
};

const createScene = (): Scene => {
  const clock = createHandClock();
  const sends: Send[] = [];
  const lines: string[] = [];
  const ends = new Map<number, number>();
  const send = (topicMessages: TopicMessages[]): Promise<readonly RecordMetadata[]> => {
    const messages = topicMessages.flatMap((each) => each.messages);
    const { promise, resolve, reject } = Promise.withResolvers<readonly RecordMetadata[]>();
    const used = [...new Set(messages.map((each) => each.partition ?? -1))];
    const answerFor = (partition: number): RecordMetadata => {
      const base = ends.get(partition) ?? 0;
      ends.set(partition, base + messages.filter((each) => each.partition === partition).length);
      const topicName = topicMessages[0]!.topic;
      return { topicName, partition, errorCode: 0, baseOffset: `${base}`, logAppendTime: '1' };
    };
    sends.push({
      records: messages.map(({ partition, value }) => `${partition}:${String(value)}`),
      land: (...partitions) => resolve((partitions.length === 0 ? used : partitions).map(answerFor)),
      fail: reject,
    });
    return promise;
  };
  const logged = ({ message }: KafkaLogLine): void => void lines.push(message);
  const queue = createAppendQueue({ send, clock, deadlineMs: DEADLINE_MS, logged });
  return {
    queue,
    clock,
    sends,
    lines,
    append: async (...records) =>
      (await queue.append(records.map(([partition, value]) => checkedRecord(partition, value)))).map(told),
    turn: () => clock.advance(0),
  };
};

const refusal = (): Error => Object.assign(new Error('not leader'), { type: 'NOT_LEADER_FOR_PARTITION' });

describe('the append queue', () => {
  it('L1 one send at a time carries all partitions, and what comes meanwhile is the next', async () => {
    const { append, sends, turn } = createScene();
    const first = append([0, 'a']);
    const second = append([1, 'b'], [0, 'c']);
    const third = append([0, 'd']);
    expect(sends.map(({ records }) => records)).toEqual([['0:a']]);
    sends[0]!.land();
    expect(await first).toEqual(['at 0']);
    expect(sends.map(({ records }) => records.toSorted())).toEqual([['0:a'], ['0:c', '0:d', '1:b']]);
    sends[1]!.land();
    expect([await second, await third]).toEqual([['at 0', 'at 1'], ['at 2']]);
    await turn();
    expect(sends).toHaveLength(2);
  });

  it('L8 a partition that a resolved send did not cover fails alone, and the rest stays together', async () => {
    const { append, sends, lines } = createScene();
    const call = append([0, 'a'], [1, 'b'], [2, 'c']);
    sends[0]!.land(0, 2);
    expect(await call).toEqual(['at 0', 'UNAVAILABLE', 'at 0']);
    expect(lines).toEqual([]);
  });

  it('L8 after a send that failed as a whole partitions stand for themselves until all are well', async () => {
    const { append, sends, lines, turn } = createScene();
    const failed = append([0, 'a'], [1, 'b'], [2, 'c']);
    sends[0]!.fail(refusal());
    expect(await failed).toEqual(Array(3).fill('UNAVAILABLE, may have landed'));

    const calls = [append([0, 'd'], [1, 'e']), append([2, 'f'])];
    expect(sends.slice(1).map(({ records }) => records)).toEqual([['0:d'], ['1:e'], ['2:f']]);
    sends[1]!.land();
    sends[2]!.fail(refusal());
    sends[3]!.land();
    expect(await Promise.all(calls)).toEqual([['at 0', 'UNAVAILABLE'], ['at 0']]);

    const again = append([0, 'g'], [1, 'h']);
    expect(sends.slice(4).map(({ records }) => records)).toEqual([['0:g'], ['1:h']]);
    sends[4]!.land();
    sends[5]!.land();
    expect(await again).toEqual(['at 1', 'at 0']);
    await turn();

    const together = append([0, 'i'], [1, 'j']);
    expect(sends[6]!.records).toEqual(['0:i', '1:j']);
    sends[6]!.land();
    await together;
    expect(lines).toEqual(['partitions are sent one by one', 'partitions are sent together again']);
  });

  it('L8 one partition that hangs does not hold the others', async () => {
    const { append, sends, turn } = createScene();
    const failed = append([0, 'a'], [1, 'b']);
    sends[0]!.fail(refusal());
    await failed;
    const hung = append([1, 'c']);
    for (const value of ['d', 'e', 'f']) {
      const call = append([0, value]);
      sends.at(-1)!.land();
      expect(await call).toEqual([expect.stringMatching(/^at/u)]);
      await turn();
    }
    sends.find(({ records }) => records.includes('1:c'))!.land();
    expect(await hung).toEqual(['at 0']);
  });

  it('L2 while a partition is sent by itself its next records wait for the answer', async () => {
    const { append, sends, turn } = createScene();
    const failed = append([0, 'a']);
    sends[0]!.fail(refusal());
    await failed;
    const calls = [append([0, 'b']), append([0, 'c'])];
    await turn();
    expect(sends.map(({ records }) => records)).toEqual([['0:a'], ['0:b']]);
    sends[1]!.land();
    await calls[0];
    expect(sends[2]!.records).toEqual(['0:c']);
    sends[2]!.land();
    await calls[1];
  });

  it('L13 a refusal of one partition says that nothing landed, anything else that it may have', async () => {
    const { append, sends } = createScene();
    const refused = append([0, 'a']);
    sends[0]!.fail(refusal());
    expect(await refused).toEqual(['UNAVAILABLE']);
    const lost = append([0, 'b']);
    sends[1]!.fail(new Error('connection closed'));
    expect(await lost).toEqual(['UNAVAILABLE, may have landed']);
  });

  it('L13 at the deadline what was sent may have landed, and what waits is never sent', async () => {
    const { append, sends, clock, turn } = createScene();
    const sent = append([0, 'sent']);
    const waiting = append([0, 'waiting']);
    await clock.advance(DEADLINE_MS - 1);
    const later = append([0, 'later']);
    await clock.advance(1);
    expect(await sent).toEqual(['TIMEOUT, may have landed']);
    expect(await waiting).toEqual(['TIMEOUT']);
    sends[0]!.land();
    await turn();
    expect(sends[1]!.records).toEqual(['0:later']);
    sends[1]!.land();
    expect(await later).toEqual(['at 1']);
  });

  it('what cannot wait for want of room is refused at once, and there is room again later', async () => {
    const { append, queue, sends } = createScene();
    const many = queue.append(Array.from({ length: 100_000 }, (_, i) => checkedRecord(i % 3, 'x')));
    expect(await append([0, 'one more'])).toEqual(['UNAVAILABLE']);
    for (let i = 0; i < sends.length; i += 1) {
      sends[i]!.land();
      await new Promise(setImmediate);
    }
    expect((await many).every((outcome) => 'position' in outcome)).toBe(true);
    const after = append([0, 'after']);
    sends.at(-1)!.land();
    expect(await after).toEqual([expect.stringMatching(/^at/u)]);
  });

  it('a partition with much to send leaves room for the others', async () => {
    const { queue, append, sends } = createScene();
    const first = append([2, 'first']);
    const much = queue.append(Array.from({ length: 9_000 }, () => checkedRecord(0, 'x')));
    const little = append([1, 'little']);
    sends[0]!.land();
    await first;
    sends[1]!.land();
    await new Promise(setImmediate);
    expect(sends[2]!.records).toContain('1:little');
    sends[2]!.land();
    expect(await little).toEqual(['at 0']);
    await much;
  });

  it('L11 drain waits for every call made', async () => {
    const { append, queue, sends } = createScene();
    const call = append([0, 'a']);
    let isDrained = false;
    const drained = queue.drain().then(() => (isDrained = true));
    await new Promise(setImmediate);
    expect(isDrained).toBe(false);
    sends[0]!.land();
    await Promise.all([call, drained]);
    expect(isDrained).toBe(true);
  });
});

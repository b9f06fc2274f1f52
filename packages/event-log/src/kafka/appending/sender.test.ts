import type { Producer, RecordMetadata } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { createSender, type Sender } from './sender.ts';
import { createHandClock, type HandClock } from '../testing/hand-clock.ts';

const DEADLINE_MS = 5_000;

/** A producer that waits for the test's word. */
interface HandProducer {
  readonly connected: PromiseWithResolvers<void>;
  readonly disconnected: PromiseWithResolvers<void>;
  readonly sends: PromiseWithResolvers<RecordMetadata[]>[];
  isLeaving: boolean;
}

const createScene = (): { sender: Sender; clock: HandClock; producers: readonly HandProducer[]; lines: string[] } => {
  const clock = createHandClock();
  const producers: HandProducer[] = [];
  const lines: string[] = [];
  const createProducer = (): Producer => {
    const hand: HandProducer = {
      connected: Promise.withResolvers(),
      disconnected: Promise.withResolvers(),
      sends: [],
      isLeaving: false,
    };
    producers.push(hand);
    const partial: Pick<Producer, 'connect' | 'disconnect' | 'sendBatch'> = {
      connect: () => hand.connected.promise,
      disconnect: () => {
        hand.isLeaving = true;
        return hand.disconnected.promise;
      },
      sendBatch: () => {
        const send = Promise.withResolvers<RecordMetadata[]>();
        hand.sends.push(send);
        return send.promise;
      },
    };
    return partial as Producer;
  };
  const logged = ({ message }: { readonly message: string }): void => void lines.push(message);
  const sender = createSender({ createProducer, clock, produceTimeoutMs: 2_000, deadlineMs: DEADLINE_MS, logged });
  return { sender, clock, producers, lines };
};

const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'resolved',
    (error: unknown) => error,
  );

describe('the sender', () => {
  it('sends over one producer, which it connects once', async () => {
    const { sender, clock, producers } = createScene();
    const sends = [sender.send([]), sender.send([])];
    await clock.advance(0);
    expect(producers).toHaveLength(1);
    producers[0]!.connected.resolve();
    await clock.advance(0);
    for (const send of producers[0]!.sends) send.resolve([]);
    expect(await Promise.all(sends)).toEqual([[], []]);
  });

  it('an error of the library is passed on, and the producer stays', async () => {
    const { sender, clock, producers } = createScene();
    const send = codeOf(sender.send([]));
    await clock.advance(0);
    producers[0]!.connected.resolve();
    await clock.advance(0);
    const fault = new Error('not leader');
    producers[0]!.sends[0]!.reject(fault);
    expect(await send).toBe(fault);
    void sender.send([]);
    await clock.advance(0);
    expect(producers).toHaveLength(1);
    expect(producers[0]!.sends).toHaveLength(2);
  });

  it('L13 a send that hangs ends at its deadline and may have landed', async () => {
    const { sender, clock, producers, lines } = createScene();
    const send = codeOf(sender.send([]));
    await clock.advance(0);
    producers[0]!.connected.resolve();
    await clock.advance(DEADLINE_MS);
    expect(await send).toMatchObject({ code: 'EARSHOT_LOG_TIMEOUT', mayHaveLanded: true });
    expect(lines).toEqual(['producer replaced']);
  });

  it.each([
    ['settled', (old: HandProducer): void => old.sends[0]!.resolve([])],
    ['disconnected', (old: HandProducer): void => old.disconnected.resolve()],
  ])('L2 after a hang nothing is sent before the old producer is %s', async (_how, finish) => {
    const { sender, clock, producers } = createScene();
    const hung = codeOf(sender.send([]));
    await clock.advance(0);
    producers[0]!.connected.resolve();
    await clock.advance(DEADLINE_MS);
    await hung;
    const next = sender.send([]);
    await clock.advance(1_000);
    expect(producers).toHaveLength(1);
    expect(producers[0]!.isLeaving).toBe(true);
    finish(producers[0]!);
    await clock.advance(0);
    producers[1]!.connected.resolve();
    await clock.advance(0);
    producers[1]!.sends[0]!.resolve([]);
    expect(await next).toEqual([]);
  });

  it('L13 without a connection nothing has landed, and the next send connects anew', async () => {
    const { sender, clock, producers } = createScene();
    const refused = codeOf(sender.send([]));
    await clock.advance(0);
    producers[0]!.connected.reject(new Error('connect ECONNREFUSED'));
    expect(await refused).toMatchObject({ code: 'EARSHOT_LOG_UNAVAILABLE', mayHaveLanded: false });
    const silent = codeOf(sender.send([]));
    await clock.advance(DEADLINE_MS);
    expect(await silent).toMatchObject({ code: 'EARSHOT_LOG_TIMEOUT', mayHaveLanded: false });
    expect(producers).toHaveLength(2);
  });
});

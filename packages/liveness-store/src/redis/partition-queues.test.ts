import { describe, expect, it } from 'vitest';
import { createPartitionQueues } from './partition-queues.ts';

const createGate = () => {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open: () => open(), passed };
};

describe('partition queues', () => {
  it('calls of one partition run in order, those of another do not wait', async () => {
    const queues = createPartitionQueues();
    const gate = createGate();
    const order: string[] = [];
    const first = queues.run(0, async () => {
      await gate.passed;
      order.push('0 first');
    });
    const second = queues.run(0, async () => order.push('0 second'));
    await queues.run(1, async () => order.push('1'));
    gate.open();
    await Promise.all([first, second]);
    expect(order).toEqual(['1', '0 first', '0 second']);
  });

  it('a call that fails does not stop those behind it', async () => {
    const queues = createPartitionQueues();
    const failed = queues.run(0, () => Promise.reject(new Error('no')));
    const next = queues.run(0, async () => 'yes');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });

  it('closing waits for the calls before it and refuses those after it', async () => {
    const queues = createPartitionQueues();
    const gate = createGate();
    let isDone = false;
    const call = queues.run(0, async () => {
      await gate.passed;
      isDone = true;
    });
    const closing = queues.close().then(() => isDone);
    await expect(queues.run(0, async () => undefined)).rejects.toMatchObject({ code: 'EARSHOT_STORE_CLOSED' });
    gate.open();
    await call;
    expect(await closing).toBe(true);
  });
});

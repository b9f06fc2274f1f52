import { LivenessStoreError } from '../port/index.ts';

/** Calls of one partition take effect in the order they were made; those of others do not wait for them. */
export interface PartitionQueues {
  /** Settles as the call does. Rejects with EARSHOT_STORE_CLOSED once closed. */
  run<T>(partition: number, call: () => Promise<T>): Promise<T>;
  /** Settles when the calls made before have. */
  close(): Promise<void>;
}

export const createPartitionQueues = (): PartitionQueues => {
  const tails = new Map<number, Promise<unknown>>();
  let isClosed = false;
  return {
    run: async (partition, call) => {
      if (isClosed) throw new LivenessStoreError('EARSHOT_STORE_CLOSED', 'the projection has been closed');
      const result = (tails.get(partition) ?? Promise.resolve()).then(call);
      tails.set(
        partition,
        result.catch(() => undefined),
      );
      return result;
    },
    close: async () => {
      isClosed = true;
      await Promise.all(tails.values());
    },
  };
};

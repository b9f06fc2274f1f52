/** Runs tasks one after the other, in the order they were given; a failed one does not stop those behind it. */
export interface SerialQueue {
  /** Settles as the task does. */
  run<T>(task: () => Promise<T>): Promise<T>;
}

export const createSerialQueue = (): SerialQueue => {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    run: (task) => {
      const result = tail.then(task);
      tail = result.catch(() => undefined);
      return result;
    },
  };
};

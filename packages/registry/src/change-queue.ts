import type { ChangeJob } from './change-job.ts';

export interface ChangeQueue {
  /** False where the queue is full or closed: the job was not taken. */
  add(job: ChangeJob): boolean;
  /** Takes no more; resolves when everything taken is settled. Twice is fine. */
  close(): Promise<void>;
}

/** Changes that may wait. At a few milliseconds a batch, far above what a patient caller waits for. */
export const QUEUED_CHANGES_MAX = 5_000;
/** Changes made together: bounds one append and the time until the next batch is decided. */
export const BATCH_CHANGES_MAX = 500;

/** Whether deciding the job before the batch's changes are in would be deciding on what is no longer true. */
const dependsOn = (job: ChangeJob, written: ReadonlySet<string>): boolean =>
  job.looksAt === null || written.has(job.key) || job.looksAt.some((key) => written.has(key));

/**
 * Takes from the head of the queue what can be decided at once with the same result as one after the other; at least
 * one.
 */
export const takeBatch = (queue: ChangeJob[]): readonly ChangeJob[] => {
  const written = new Set<string>();
  let count = 0;
  for (const job of queue) {
    if (count === BATCH_CHANGES_MAX || (count > 0 && dependsOn(job, written))) break;
    written.add(job.key);
    count += 1;
    if (job.looksAt === null) break;
  }
  return queue.splice(0, count);
};

/**
 * Makes changes in the order they came, one batch at a time. Those that came while a batch was made, and have nothing
 * to do with each other, make up the next one: a lone change waits for nobody, and many together cost hardly more than
 * one.
 */
export const createChangeQueue = (make: (jobs: readonly ChangeJob[]) => Promise<void>): ChangeQueue => {
  const queue: ChangeJob[] = [];
  let running: Promise<void> | null = null;
  let isClosed = false;

  const makeBatch = async (jobs: readonly ChangeJob[]): Promise<void> => {
    try {
      await make(jobs);
    } catch (error) {
      for (const job of jobs) job.fail(error);
    }
  };
  const drain = async (): Promise<void> => {
    while (queue.length > 0) await makeBatch(takeBatch(queue));
    running = null;
  };
  return {
    add: (job) => {
      if (isClosed || queue.length >= QUEUED_CHANGES_MAX) return false;
      queue.push(job);
      running ??= drain();
      return true;
    },
    close: async () => {
      isClosed = true;
      await running;
    },
  };
};

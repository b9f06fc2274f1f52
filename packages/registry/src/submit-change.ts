import { type ChangedEntry, type ChangeRequest, createChangeJob } from './change-job.ts';
import type { ChangeQueue } from './change-queue.ts';
import type { Outcome } from './registry-change.ts';

/** Asks for a change; gives its outcome. */
export type SubmitChange = <E extends ChangedEntry, T>(request: ChangeRequest<E, T>) => Promise<Outcome<T>>;

/**
 * Puts changes into the queue; those it does not take, or of a process that is not the writer, are `unavailable` at
 * once.
 */
export const createSubmitChange =
  (queue: ChangeQueue, isWriter: () => boolean): SubmitChange =>
  (request) => {
    const { job, outcome } = createChangeJob(request);
    if (!isWriter() || !queue.add(job)) job.refuse({ reason: 'unavailable' });
    return outcome;
  };

import { isDoneWithin, type Clock } from '../client/clock.ts';

/** A handler slower than this must not keep the other partitions of its broker waiting. */
const PATIENCE_MS = 1_000;

/** Looks meanwhile, each with a sign of life: the group gives up a member after 6 s. */
const LOOK_MS = 500;

/**
 * Waits for a handler as long as that costs nobody much, and lets the group know that we live. Never rejects; returns
 * early when the group wants to share out anew, for which it waits until everyone has returned.
 */
export const waitPatiently = async (
  clock: Clock,
  work: Promise<void>,
  heartbeat: () => Promise<void>,
): Promise<void> => {
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    if (await isDoneWithin(clock, LOOK_MS, work)) return;
    try {
      await heartbeat();
    } catch {
      // kafkajs hears the same itself, as soon as we have returned.
      return;
    }
  }
};

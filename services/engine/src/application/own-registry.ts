import { REGISTRY_TOPIC } from '@earshot/contracts';
import type { EventLog, Ownership } from '@earshot/event-log';
import { type Clock, type Logger, wait } from '@earshot/runtime';

/** The group whose one member that has the registry's partition is its writer. */
const REGISTRY_GROUP = 'registry';
const RETRY_MS = 1_000;

export interface RegistryOwnership {
  start(): void;
  stop(): Promise<void>;
  /** Whether this process writes the registry now. */
  readonly isWriter: () => boolean;
}

/** Takes part in choosing the one engine that writes the registry. Records are of no interest here: the catalog has them. */
export const createRegistryOwnership = (options: {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
}): RegistryOwnership => {
  const { log, clock, logger } = options;
  const stopping = new AbortController();
  let joining: Promise<Ownership | null> | null = null;
  let writes = false;

  const handler = (ownership: () => Ownership | null) => ({
    assigned: (_partition: number, bounds: { readonly end: number }): Promise<number> => {
      writes = true;
      logger.info({}, 'this engine writes the registry');
      return Promise.resolve(bounds.end);
    },
    records: (): Promise<void> => Promise.resolve(),
    revoked: (): void => {
      writes = false;
      logger.info({}, 'this engine does not write the registry any more');
    },
    failed: (partition: number, error: Error): void => {
      writes = false;
      logger.warn({ error }, 'the registry cannot be owned; trying again');
      wait(clock, RETRY_MS, stopping.signal)
        .then(() => ownership()?.restart(partition))
        .catch((cause: unknown) => logger.warn({ error: cause }, 'the registry cannot be owned again'));
    },
  });
  const join = async (): Promise<Ownership | null> => {
    while (!stopping.signal.aborted) {
      try {
        let ownership: Ownership | null = null;
        ownership = await log.own(
          REGISTRY_TOPIC,
          REGISTRY_GROUP,
          handler(() => ownership),
        );
        return ownership;
      } catch (error) {
        logger.warn({ error }, 'the writers of the registry cannot be joined; trying again');
        await wait(clock, RETRY_MS, stopping.signal);
      }
    }
    return null;
  };
  return {
    start: () => {
      joining ??= join();
    },
    stop: async () => {
      stopping.abort();
      await (await joining)?.stop();
      writes = false;
    },
    isWriter: () => writes,
  };
};

import type { EventLog } from '@earshot/event-log';
import { createRegistryReader, ensureLogId, RegistryError, type RegistryReader } from '@earshot/registry';
import type { Clock, Logger } from '@earshot/runtime';
import { openUntilThere } from './open-until-there.ts';

/** The registry, read to its end and followed, and the id of the log, made by whoever comes first. */
export const openDistributedRegistry = async (context: {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<{ readonly registry: RegistryReader; readonly logId: string }> => {
  const { log, clock, logger } = context;
  const registry = createRegistryReader({
    log,
    clock,
    onUnreadable: (reason, { position }) => logger.warn({ reason, position }, 'a registry entry cannot be read'),
    onError: (error) => logger.warn({ error }, 'the registry cannot be read; trying again'),
  });
  await registry.start();
  const logId = await openUntilThere(() => ensureLogId({ log, clock, reader: registry }), {
    what: "the log's id",
    isFinal: (error) => !(error instanceof RegistryError),
    clock,
    logger,
  });
  return { registry, logId };
};

import { healthFrom } from '@earshot/runtime';
import { readinessConditions } from './domain/ingest-readiness.ts';
import { createIngestParts } from './ingest-parts.ts';
import { leave } from './leaving.ts';
import type { IngestDependencies, IngestOptions, IngestService } from './options.ts';

/**
 * The ingest: authenticates, validates and appends heartbeats, and proves once a second that it hears. It depends on
 * the log alone. `start` resolves when the socket listens; heartbeats are answered 503 until every partition has
 * acknowledged a knock. `stop` leaves in order and in bounded time. The topics must be prepared before, and the log
 * closed after.
 */
export const createIngestService = (dependencies: IngestDependencies, options: IngestOptions): IngestService => {
  let isListening = false;
  let leaving: Promise<void> | null = null;
  const { ingestId, queue, knocking, server, readiness } = createIngestParts(
    dependencies,
    options,
    () => leaving !== null,
  );
  const { clock, logger } = dependencies;

  const start = async (): Promise<void> => {
    await server.listen();
    isListening = true;
    logger.info({ ingest: ingestId, url: server.url() }, 'ingest listens');
    knocking.start();
  };
  const stop = async (): Promise<void> => {
    if (!isListening) return;
    await leave({ clock, logger, knocking, queue, server }, (options.drainSeconds ?? 0) * 1_000);
    logger.info({ ingest: ingestId }, 'ingest has left');
  };
  return {
    ingestId,
    start,
    stop: () => (leaving ??= Promise.resolve().then(stop)),
    health: () => healthFrom(readinessConditions(readiness())),
    url: () => server.url(),
    address: () => server.address(),
  };
};

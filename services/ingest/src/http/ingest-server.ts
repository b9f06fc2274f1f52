import { createHttpServer, type Clock, type HttpServer, type Logger, type RawHeaders } from '@earshot/runtime';
import type { Hearing } from '../application/hearing.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { IngestOptions } from '../options.ts';
import { createAcknowledge } from './acknowledgement.ts';
import { DirectRequest } from './direct-request.ts';
import { createHeartbeatHandler } from './heartbeat-handler.ts';
import { HesitantResponse } from './hesitant-response.ts';
import { createIngestApp } from './ingest-app.ts';
import { createIngestListener } from './ingest-listener.ts';
import { createKnockDoor, type KnockCredentials } from './knock-door.ts';
import { createRefuse } from './refuse.ts';

export interface IngestServerDependencies {
  readonly hearing: Hearing;
  /** A knock has come in; whether every partition acknowledged it. */
  readonly answerDoor: () => Promise<boolean>;
  readonly credentials: KnockCredentials;
  readonly count: (outcome: Outcome) => void;
  /** Whether answers end their connection, so that senders turn to another ingest. */
  readonly isLeaving: () => boolean;
  readonly random: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
}

const CLOSE: RawHeaders = ['Connection', 'close'];
const KEEP: RawHeaders = [];

/** The ingest's one listening socket: heartbeats, its own knocks, and an answer for everything else. */
export const createIngestServer = (dependencies: IngestServerDependencies, options: IngestOptions): HttpServer => {
  const { answerDoor, clock, count, credentials, hearing, logger, random } = dependencies;
  const closing = (): RawHeaders => (dependencies.isLeaving() ? CLOSE : KEEP);
  const acknowledge = createAcknowledge(closing);
  const refuse = createRefuse(clock, closing);
  const heartbeatHandler = createHeartbeatHandler({
    hearing,
    acknowledge,
    refuse,
    count,
    logger,
    random,
    bodyOptional: options.bodyOptional ?? false,
  });
  const { deadlines } = options;
  return createHttpServer({
    host: options.host,
    port: options.port,
    tls: options.tls ?? null,
    listener: createIngestListener({
      heartbeatHandler,
      door: createKnockDoor({ credentials, answerDoor, acknowledge, refuse, wallNow: clock.wallNow }),
      app: createIngestApp({ heartbeatHandler, refuse, logger }),
    }),
    serverOptions: {
      ServerResponse: HesitantResponse,
      IncomingMessage: DirectRequest,
      ...(deadlines && {
        headersTimeout: deadlines.headersMs,
        requestTimeout: deadlines.requestMs,
        connectionsCheckingInterval: deadlines.checkMs,
      }),
    },
  });
};

import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type RequestHandler as ExpressHandler } from 'express';
import type { Logger } from '@earshot/runtime';
import { canonicalTarget } from './canonical-path.ts';
import type { RequestHandler } from './heartbeat-handler.ts';
import type { Exchange, Refuse } from './refuse.ts';

/** Published contract A. */
export const HEARTBEAT_PATH = '/api/systems/heartbeat';

export interface IngestAppDependencies {
  readonly heartbeatHandler: RequestHandler;
  readonly refuse: Refuse;
  readonly logger: Logger;
}

/**
 * An application called with what to do when no route has answered: with the error, or undefined where there was no
 * route.
 */
type Routing = (request: IncomingMessage, response: ServerResponse, rest: (error: unknown) => void) => void;

/**
 * Everything that is not byte for byte a heartbeat's request line: other spellings of it (a query, a slash at the end,
 * needless percent-encoding, an absolute target), other methods, other paths.
 */
export const createIngestApp = ({ heartbeatHandler, refuse, logger }: IngestAppDependencies): RequestHandler => {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');

  const canonicalize: ExpressHandler = (request, response, next) => {
    const target = canonicalTarget(request.url);
    if (target === null) {
      refuse({ request, response }, { status: 400 });
      return;
    }
    request.url = target;
    next();
  };
  const answerRest = (exchange: Exchange, error: unknown): void => {
    if (error === undefined) {
      refuse(exchange, { status: 404 });
      return;
    }
    logger.error({ error }, 'a request could not be answered');
    if (exchange.response.headersSent) exchange.response.destroy();
    else refuse(exchange, { status: 500 });
  };
  app.use(canonicalize);
  app.post(HEARTBEAT_PATH, heartbeatHandler);
  app.all(HEARTBEAT_PATH, (request, response) =>
    refuse({ request, response }, { status: 405, headers: ['Allow', 'POST'] }),
  );
  const route: Routing = app;
  return (request, response) => route(request, response, (error) => answerRest({ request, response }, error));
};

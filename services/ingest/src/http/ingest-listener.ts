import type { RequestListener } from 'node:http';
import type { RequestHandler } from './heartbeat-handler.ts';
import { HEARTBEAT_PATH } from './ingest-app.ts';
import type { KnockDoor } from './knock-door.ts';

export interface IngestListenerDependencies {
  readonly heartbeatHandler: RequestHandler;
  readonly door: KnockDoor;
  /** Everything else. */
  readonly app: RequestHandler;
}

/**
 * The way of a request: a heartbeat's line, byte for byte, leads straight to its handler, because a router would halve
 * what a core can take. All else, a stranger's knock too, goes to the application.
 */
export const createIngestListener =
  ({ heartbeatHandler, door, app }: IngestListenerDependencies): RequestListener =>
  (request, response) => {
    if (request.url === HEARTBEAT_PATH && request.method === 'POST') heartbeatHandler(request, response);
    else if (door.isOurs(request)) door.open(request, response);
    else app(request, response);
  };

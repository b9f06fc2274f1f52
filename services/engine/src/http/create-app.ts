import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Instrument } from '@earshot/instrument';
import {
  answerAlive,
  answerMetrics,
  answerReady,
  type Health,
  type Logger,
  type MetricsRegistry,
  pathOf,
} from '@earshot/runtime';
import { type Answer, sendAnswer } from './answer.ts';
import type { Authentication } from './authenticate.ts';
import { answerHeartbeat } from './contract-heartbeat.ts';
import { callRoute, type Route } from './endpoint.ts';

/** What a surface of ours is for, as the metrics tell them apart. */
export type Surface = 'contract' | 'query' | 'change';

export interface AppDependencies {
  readonly routes: readonly Route[];
  readonly authentication: Authentication;
  readonly instrument: Pick<Instrument, 'getHeartbeat'>;
  readonly metrics: MetricsRegistry;
  readonly health: () => Readonly<Record<string, Health>>;
  readonly logger: Logger;
  /** Told of every answered request of a surface. */
  readonly onAnswered: (surface: Surface, status: number, seconds: number) => void;
  readonly monotonicNow: () => number;
}

const HEARTBEAT_PATH = '/api/system/heartbeat';
const OPERATIONS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);
const MS_PER_SECOND = 1_000;
/** What a request's target may consist of; anything else had to be percent-encoded. */
const TARGET = /^[\x21-\x7e]*$/;
const NOT_FOUND: Answer = { status: 404 };
const NOT_ALLOWED: Answer = { status: 405, headers: ['Allow', 'GET, HEAD'] };
const NO_METRICS: Answer = { status: 401, headers: ['WWW-Authenticate', 'Bearer realm="earshot metrics"'] };

const isRead = (request: IncomingMessage): boolean => request.method === 'GET' || request.method === 'HEAD';

const surfaceOf = (request: IncomingMessage): Surface | null => {
  const path = pathOf(request);
  if (OPERATIONS.has(path)) return null;
  if (path === HEARTBEAT_PATH) return 'contract';
  return isRead(request) ? 'query' : 'change';
};

/** A resource for reading, open to everybody. */
const open =
  (handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void): RequestHandler =>
  (request, response) =>
    isRead(request) ? handle(request, response) : sendAnswer(response, NOT_ALLOWED);

const operations = (app: Express, dependencies: AppDependencies): void => {
  const { instrument, metrics, authentication, health, logger } = dependencies;
  const onError = (error: unknown): void => logger.error({ error }, 'the heartbeat could not be told');
  app.all(
    HEARTBEAT_PATH,
    open((_request, response) => answerHeartbeat(response, instrument, onError)),
  );
  app.all(
    '/healthz',
    open((_request, response) => answerAlive(response)),
  );
  app.all(
    '/readyz',
    open((_request, response) => answerReady(response, health())),
  );
  app.all(
    '/metrics',
    open((request, response) =>
      authentication.mayReadMetrics(request) ? answerMetrics(response, metrics) : sendAnswer(response, NO_METRICS),
    ),
  );
};

const answerFailure = (logger: Logger): ErrorRequestHandler => {
  // Express tells error handlers by their four parameters.
  // oxlint-disable-next-line max-params
  return (error: unknown, request, response, _next) => {
    const isMalformed = error instanceof URIError;
    if (!isMalformed) logger.error({ error, method: request.method, path: pathOf(request) }, 'a request failed');
    if (response.headersSent) response.destroy();
    else sendAnswer(response, { status: isMalformed ? 400 : 500 });
  };
};

const observe =
  ({ onAnswered, monotonicNow }: AppDependencies): RequestHandler =>
  (request, response, next) => {
    const surface = surfaceOf(request);
    const start = monotonicNow();
    if (surface !== null) {
      response.once('finish', () => onAnswered(surface, response.statusCode, (monotonicNow() - start) / MS_PER_SECOND));
    }
    if (TARGET.test(request.url)) next();
    else sendAnswer(response, { status: 400 });
  };

/** The engine's whole HTTP surface. */
export const createApp = (dependencies: AppDependencies): RequestListener => {
  const { routes, authentication, logger } = dependencies;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.set('case sensitive routing', true);
  app.use(observe(dependencies));
  operations(app, dependencies);
  for (const route of routes) {
    app.all(route.path, (request, response) =>
      callRoute(route, authentication, { request, response, params: parseParams(request.params) }),
    );
  }
  app.use((_request, response) => sendAnswer(response, NOT_FOUND));
  app.use(answerFailure(logger));
  return app;
};

/** None of our paths has a wildcard, whose value would be a list. */
const parseParams = (params: unknown): Readonly<Record<string, string>> => params as Readonly<Record<string, string>>;

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
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
import { CatalogError } from '../application/catalog-error.ts';
import { type Answer, sendAnswer, unavailable } from './answer.ts';
import type { Authentication } from './authenticate.ts';
import { answerHeartbeat } from './contract-heartbeat.ts';
import { callRoute, type Route } from './endpoint.ts';
import { createOpenApiAnswer } from './open-api.ts';

/** What a surface of ours is for, as the metrics tell them apart. */
export type Surface = 'contract' | 'query' | 'change';

export interface AppDependencies {
  readonly routes: readonly Route[];
  readonly authentication: Authentication;
  readonly instrument: Pick<Instrument, 'getHeartbeat'>;
  readonly metrics: MetricsRegistry;
  readonly health: () => Readonly<Record<string, Health>>;
  readonly logger: Logger;
  /** Of the product, for its description. */
  readonly version: string;
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

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

const forReading =
  (handle: Handle): RequestHandler =>
  (request, response) =>
    isRead(request) ? handle(request, response) : sendAnswer(response, NOT_ALLOWED);

/** Resources for reading outside of the envelope's API, by path. None needs an operator's or viewer's token. */
export const openResources = (dependencies: AppDependencies): ReadonlyMap<string, Handle> => {
  const { instrument, metrics, authentication, health, logger, version } = dependencies;
  const onError = (error: unknown): void => logger.error({ error }, 'the heartbeat could not be told');
  const answerOpenApi = createOpenApiAnswer(version);
  return new Map<string, Handle>([
    [HEARTBEAT_PATH, (_request, response) => answerHeartbeat(response, instrument, onError)],
    ['/healthz', (_request, response) => answerAlive(response)],
    ['/readyz', (_request, response) => answerReady(response, health())],
    [
      '/metrics',
      (request, response) =>
        authentication.mayReadMetrics(request) ? answerMetrics(response, metrics) : sendAnswer(response, NO_METRICS),
    ],
    ['/openapi.json', (_request, response) => answerOpenApi(response)],
  ]);
};

/** What the caller is told of what went wrong; null where that is our own fault. */
const failureAnswer = (error: unknown): Answer | null => {
  if (error instanceof URIError) return { status: 400 };
  return error instanceof CatalogError ? unavailable() : null;
};

const answerFailure = (logger: Logger): ErrorRequestHandler => {
  // Express tells error handlers by their four parameters.
  // oxlint-disable-next-line max-params
  return (error: unknown, request, response, _next) => {
    const answer = failureAnswer(error);
    if (answer === null) logger.error({ error, method: request.method, path: pathOf(request) }, 'a request failed');
    if (response.headersSent) response.destroy();
    else sendAnswer(response, answer ?? { status: 500 });
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
  for (const [path, handle] of openResources(dependencies)) app.all(path, forReading(handle));
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

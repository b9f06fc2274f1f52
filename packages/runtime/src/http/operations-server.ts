import type { ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Health } from '../service.ts';
import { answerError } from './answer.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import { answerAlive, answerMetrics, answerReady, pathOf } from './operations.ts';

export interface OperationsServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Services of this process, by name. */
  readonly services: Readonly<Record<string, () => Health>>;
  readonly metrics: Registry;
}

const METHODS = new Set(['GET', 'HEAD']);

/** Health and metrics of a process that has no other address for operators: `/healthz`, `/readyz`, `/metrics`. */
export const createOperationsServer = (options: OperationsServerOptions): HttpServer => {
  const healthOfAll = (): Record<string, Health> =>
    Object.fromEntries(Object.entries(options.services).map(([name, health]) => [name, health()]));
  const routes: ReadonlyMap<string, (response: ServerResponse) => void> = new Map([
    ['/healthz', answerAlive],
    ['/readyz', (response) => answerReady(response, healthOfAll())],
    [
      '/metrics',
      (response) => {
        answerMetrics(response, options.metrics).catch(() => answerError(response, 500));
      },
    ],
  ]);
  return createHttpServer({
    host: options.host,
    port: options.port,
    listener: (request, response) => {
      const route = routes.get(pathOf(request));
      if (route === undefined) answerError(response, 404);
      else if (METHODS.has(request.method ?? '')) route(response);
      else answerError(response, 405, ['Allow', 'GET, HEAD']);
    },
  });
};

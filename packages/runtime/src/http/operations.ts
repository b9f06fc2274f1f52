import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import type { Health } from '../service.ts';
import { JSON_CONTENT_TYPE } from '@earshot/contracts';
import { answerText } from './answer.ts';

const NO_STORE = ['Cache-Control', 'no-store'] as const;

const answerFresh = (
  response: ServerResponse,
  envelope: { readonly code: number; readonly message: string; readonly data: object },
): void =>
  answerText(response, envelope.code, { type: JSON_CONTENT_TYPE, body: JSON.stringify(envelope), headers: NO_STORE });

/** `/healthz`: the event loop turns, nothing else. Never looks at a neighbour. */
export const answerAlive = (response: ServerResponse): void =>
  answerFresh(response, { code: 200, message: 'alive', data: {} });

/** `/readyz`: 200 when every service of the process can do its work, else 503 with the reasons, per service. */
export const answerReady = (response: ServerResponse, services: Readonly<Record<string, Health>>): void => {
  const ready = Object.values(services).every((health) => health.ready);
  const envelope = { code: ready ? 200 : 503, message: ready ? 'ready' : 'service unavailable', data: { services } };
  answerFresh(response, envelope);
};

/** `/metrics`, in the text format of Prometheus. */
export const answerMetrics = async (response: ServerResponse, registry: Registry): Promise<void> => {
  const body = await registry.metrics();
  answerText(response, 200, { type: registry.contentType, body, headers: NO_STORE });
};

/** A request's path without its query. */
export const pathOf = (request: IncomingMessage): string => {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
};

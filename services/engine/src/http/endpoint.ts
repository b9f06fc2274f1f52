import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorStatus } from '@earshot/contracts';
import type { ChangeRequest } from '../application/change-request.ts';
import { type Answer, invalid, sendAnswer } from './answer.ts';
import type { Authentication, Principal } from './authenticate.ts';
import { parseIfMatch } from './etag.ts';
import { parseQuery, type QueryParameters } from './query-parameters.ts';
import { readBody } from './read-body.ts';
import type { BodyValidator } from './validate-body.ts';

/** A call that may be made, with everything in it read and validated. */
export interface Call {
  /** Decoded segments of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: QueryParameters;
  /** As its schema accepts it; an empty object where nothing was sent. */
  readonly body: unknown;
  readonly change: ChangeRequest;
}

/** One method of one path. */
export interface Endpoint {
  /** Parameters of the query it takes. */
  readonly query: readonly string[];
  /** Of its body; null where it takes none. */
  readonly body: BodyValidator | null;
  readonly handle: (call: Call) => Promise<Answer> | Answer;
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** A path with its methods, in the notation of Express. */
export interface Route {
  readonly path: string;
  readonly methods: Readonly<Partial<Record<Method, Endpoint>>>;
}

export const query = (parameters: readonly string[], handle: Endpoint['handle']): Endpoint => ({
  query: parameters,
  body: null,
  handle,
});
export const change = (body: BodyValidator | null, handle: Endpoint['handle']): Endpoint => ({
  query: [],
  body,
  handle,
});

const NOT_AUTHENTICATED: Answer = { status: 401, headers: ['WWW-Authenticate', 'Bearer realm="earshot"'] };

const allowOf = (route: Route): string =>
  Object.keys(route.methods)
    .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    .join(', ');

const endpointOf = (route: Route, method: string): Endpoint | null => {
  const known = method === 'HEAD' ? 'GET' : method;
  const entry = Object.entries(route.methods).find(([name]) => name === known);
  return entry?.[1] ?? null;
};

const mayCall = ({ role }: Principal, method: string): boolean =>
  role === 'operator' || method === 'GET' || method === 'HEAD';

const queryOf = (request: IncomingMessage): string => {
  const url = request.url ?? '';
  const start = url.indexOf('?');
  return start === -1 ? '' : url.slice(start + 1);
};

type Body = { readonly value: unknown } | { readonly answer: Answer } | { readonly aborted: true };

const bodyOf = async (request: IncomingMessage, validate: BodyValidator | null): Promise<Body> => {
  if (validate === null) return { value: {} };
  const body = await readBody(request);
  if ('aborted' in body) return body;
  if ('faults' in body) return { answer: invalid(body.faults) };
  if ('status' in body) return { answer: { status: body.status, headers: ['Connection', 'close'] } };
  const faults = validate(body.value);
  return faults.length > 0 ? { answer: invalid(faults) } : { value: body.value };
};

const answerCall = async (
  request: IncomingMessage,
  endpoint: Endpoint,
  known: { readonly params: Call['params']; readonly principal: Principal },
): Promise<Answer | null> => {
  const parameters = parseQuery(queryOf(request), endpoint.query);
  if (endpoint.query.length === 0 && parameters.faults.length > 0) return invalid(parameters.faults);
  const body = await bodyOf(request, endpoint.body);
  if ('aborted' in body) return null;
  if ('answer' in body) return body.answer;
  return endpoint.handle({
    params: known.params,
    query: parameters,
    body: body.value,
    change: { by: known.principal.name, ifRevisions: parseIfMatch(request.headers['if-match']) },
  });
};

const error = (status: ErrorStatus, headers: readonly string[] = []): Answer => ({ status, headers });

/**
 * Answers a call of a route. Order of checks: 405, 401, 403, 415, 413, 400; then what the endpoint finds. Rejects where the
 * endpoint throws.
 */
export const callRoute = async (
  route: Route,
  authentication: Authentication,
  exchange: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly params: Call['params'];
  },
): Promise<void> => {
  const { request, response, params } = exchange;
  const method = request.method ?? '';
  const endpoint = endpointOf(route, method);
  if (endpoint === null) return sendAnswer(response, error(405, ['Allow', allowOf(route)]));
  const principal = authentication.principalOf(request);
  if (principal === null) return sendAnswer(response, NOT_AUTHENTICATED);
  if (!mayCall(principal, method)) return sendAnswer(response, error(403));
  const answer = await answerCall(request, endpoint, { params, principal });
  if (answer !== null) sendAnswer(response, answer);
};

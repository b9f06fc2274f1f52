import { objectOf, TEXT } from '../answer-fragments.ts';
import { ALIVE_ANSWER_SCHEMA, NOT_READY_ANSWER_SCHEMA, READY_ANSWER_SCHEMA } from '../engine-answers.ts';
import type { JsonSchema } from '../schemas.ts';
import type { Paths } from './operation.ts';
import { ERROR_RESPONSES, jsonResponse, NO_CACHE, NO_STORE } from './responses.ts';

const FRESH = { 'Cache-Control': NO_STORE };
const ANY_OBJECT: JsonSchema = { type: 'object' };
const TAGS = ['operations'];

/** For those who run the process. */
export const OPERATIONS_PATHS: Paths = {
  '/healthz': {
    get: {
      operationId: 'isAlive',
      summary: 'Whether the process turns',
      tags: TAGS,
      security: [],
      responses: { 200: jsonResponse('It turns.', ALIVE_ANSWER_SCHEMA, FRESH) },
    },
  },
  '/readyz': {
    get: {
      operationId: 'isReady',
      summary: 'Whether every part of the process can do its work',
      tags: TAGS,
      security: [],
      responses: {
        200: jsonResponse('All can.', READY_ANSWER_SCHEMA, FRESH),
        503: jsonResponse('Some cannot, with reasons.', NOT_READY_ANSWER_SCHEMA, FRESH),
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'getMetrics',
      summary: 'Metrics in the text format of Prometheus',
      description: 'Open, unless a token for metrics is set.',
      tags: TAGS,
      security: [{}, { bearer: [] }],
      responses: {
        200: { description: 'The metrics.', headers: FRESH, content: { 'text/plain': { schema: TEXT } } },
        401: ERROR_RESPONSES.NoMetricsToken,
        500: ERROR_RESPONSES.Failed,
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'getDescription',
      summary: 'This document',
      tags: TAGS,
      security: [],
      responses: {
        200: jsonResponse(
          'OpenAPI 3.1.',
          objectOf({ openapi: TEXT, info: ANY_OBJECT, paths: ANY_OBJECT, components: ANY_OBJECT }),
          { 'Cache-Control': NO_CACHE },
        ),
      },
    },
  },
};

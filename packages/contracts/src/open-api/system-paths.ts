import {
  CHANGED_SYSTEM_ANSWER_SCHEMA,
  CREATED_SYSTEM_ANSWER_SCHEMA,
  DONE_ANSWER_SCHEMA,
  SYSTEM_ANSWER_SCHEMA,
  SYSTEMS_ANSWER_SCHEMA,
} from '../engine-answers.ts';
import { credentialPaths } from './credential-paths.ts';
import { callsOf, type Paths } from './operation.ts';
import { PARAMETERS } from './parameters.ts';
import { mergePatch, REQUEST_SCHEMAS, requestBody } from './request-bodies.ts';
import { ERROR_RESPONSES, ETAG, ETAG_IF_ENTERED, jsonResponse, LOCATION, NO_STORE } from './responses.ts';

const { query, creation, change } = callsOf('systems');
const { State, Fleet, Tag, Prefix, SystemId, Sort, Limit, Cursor, SystemIdInPath } = PARAMETERS;
const FRESH = { 'Cache-Control': NO_STORE };

const CHANGED = jsonResponse('Changed, or as wanted already.', CHANGED_SYSTEM_ANSWER_SCHEMA, { ...FRESH, ETag: ETAG });

const LIST = query({
  operationId: 'listSystems',
  summary: 'A page of systems',
  description: 'A page can be short although more follow; only a next_cursor of null tells the end.',
  parameters: [State, Fleet, Tag, Prefix, SystemId, Sort, Limit, Cursor],
  answer: jsonResponse('A page.', SYSTEMS_ANSWER_SCHEMA, FRESH),
});

const CREATE = creation({
  operationId: 'createSystem',
  summary: 'A new system with a secret of its own',
  description: 'A retired one comes back as a new registration, with a new secret in place of the old ones.',
  body: requestBody(REQUEST_SCHEMAS.NewSystem, { system_id: 'pump-7', tags: ['site:rome'] }),
  answer: jsonResponse('Created. The secret is shown this once.', CREATED_SYSTEM_ANSWER_SCHEMA, {
    ...FRESH,
    Location: LOCATION,
    ETag: ETAG,
  }),
});

/** `/api/systems`. */
export const SYSTEM_PATHS: Paths = {
  '/api/systems': { get: LIST, post: CREATE },
  '/api/systems/{system_id}': {
    get: query({
      operationId: 'getSystem',
      summary: 'One system with its newest 10 transitions',
      parameters: [SystemIdInPath],
      answer: jsonResponse('The system.', SYSTEM_ANSWER_SCHEMA, { ...FRESH, ETag: ETAG_IF_ENTERED }),
      errors: { 404: ERROR_RESPONSES.NotFound },
    }),
    patch: change({
      operationId: 'changeSystem',
      summary: 'Other settings for a system',
      parameters: [SystemIdInPath],
      body: mergePatch(REQUEST_SCHEMAS.SystemPatch),
      answer: CHANGED,
    }),
    delete: change({
      operationId: 'retireSystem',
      summary: 'Retires a system: its heartbeats are refused with a 403',
      parameters: [SystemIdInPath],
      answer: jsonResponse('Retired.', DONE_ANSWER_SCHEMA, FRESH),
    }),
  },
  '/api/systems/{system_id}/pause': {
    post: change({
      operationId: 'pauseSystem',
      summary: 'Withholds a system’s offlines, for ever or until an instant',
      description: 'Heartbeats count as ever and still bring it online.',
      parameters: [SystemIdInPath],
      body: requestBody(REQUEST_SCHEMAS.Pause),
      answer: CHANGED,
    }),
  },
  '/api/systems/{system_id}/resume': {
    post: change({
      operationId: 'resumeSystem',
      summary: 'Ends a pause; a fresh ttl starts',
      parameters: [SystemIdInPath],
      body: requestBody(REQUEST_SCHEMAS.Nothing),
      answer: CHANGED,
    }),
  },
  ...credentialPaths({ path: '/api/systems/{system_id}', owner: 'System', parameter: SystemIdInPath }),
};

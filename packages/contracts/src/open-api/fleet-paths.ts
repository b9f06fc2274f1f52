import {
  CHANGED_FLEET_ANSWER_SCHEMA,
  CREATED_FLEET_ANSWER_SCHEMA,
  DONE_ANSWER_SCHEMA,
  FLEET_ANSWER_SCHEMA,
  FLEETS_ANSWER_SCHEMA,
} from '../engine-answers.ts';
import { credentialPaths } from './credential-paths.ts';
import { callsOf, type Paths } from './operation.ts';
import { PARAMETERS } from './parameters.ts';
import { mergePatch, REQUEST_SCHEMAS, requestBody } from './request-bodies.ts';
import { ERROR_RESPONSES, ETAG, jsonResponse, LOCATION, NO_STORE } from './responses.ts';

const { query, creation, change } = callsOf('fleets');
const { Limit, Cursor, FleetInPath } = PARAMETERS;
const FRESH = { 'Cache-Control': NO_STORE };

/** `/api/fleets`. */
export const FLEET_PATHS: Paths = {
  '/api/fleets': {
    get: query({
      operationId: 'listFleets',
      summary: 'A page of fleets, by name',
      parameters: [Limit, Cursor],
      answer: jsonResponse('A page.', FLEETS_ANSWER_SCHEMA, FRESH),
    }),
    post: creation({
      operationId: 'createFleet',
      summary: 'A new fleet with its first secret',
      body: requestBody(REQUEST_SCHEMAS.NewFleet, { name: 'pumps', interval_seconds: 60, ttl_seconds: 150 }),
      answer: jsonResponse('Created. The secret is shown this once.', CREATED_FLEET_ANSWER_SCHEMA, {
        ...FRESH,
        Location: LOCATION,
        ETag: ETAG,
      }),
    }),
  },
  '/api/fleets/{name}': {
    get: query({
      operationId: 'getFleet',
      summary: 'One fleet',
      parameters: [FleetInPath],
      answer: jsonResponse('The fleet.', FLEET_ANSWER_SCHEMA, { ...FRESH, ETag: ETAG }),
      errors: { 404: ERROR_RESPONSES.NotFound },
    }),
    patch: change({
      operationId: 'changeFleet',
      summary: 'Other defaults, for systems that are registered later',
      parameters: [FleetInPath],
      body: mergePatch(REQUEST_SCHEMAS.FleetPatch),
      answer: jsonResponse('Changed, or as wanted already.', CHANGED_FLEET_ANSWER_SCHEMA, { ...FRESH, ETag: ETAG }),
    }),
    delete: change({
      operationId: 'removeFleet',
      summary: 'Takes a fleet away that has no systems any more',
      parameters: [FleetInPath],
      answer: jsonResponse('Gone.', DONE_ANSWER_SCHEMA, FRESH),
    }),
  },
  ...credentialPaths({ path: '/api/fleets/{name}', owner: 'Fleet', parameter: FleetInPath }),
};

import { errorEnvelope, validationEnvelope } from '../envelope.ts';
import {
  ACKNOWLEDGEMENT_SCHEMA,
  BEAT_FAILED_SCHEMA,
  BEAT_SCHEMA,
  errorSchemaOf,
  HEARTBEAT_INVALID_SCHEMA,
  NO_BEAT_YET_SCHEMA,
} from '../heartbeat-answers.ts';
import type { Paths } from './operation.ts';
import { REQUEST_SCHEMAS, requestBody } from './request-bodies.ts';
import { ERROR_RESPONSES, jsonResponse, NO_STORE, withExamples } from './responses.ts';

/** The two published contracts. */

const SYSTEM_ID = '4cf3053f-d0d5-4b10-b752-ff8f7b63c2f7';

const parse = (text: string): unknown => JSON.parse(text) as unknown;

const ACKNOWLEDGED = withExamples(
  jsonResponse('Recorded: the log has the heartbeat durably.', ACKNOWLEDGEMENT_SCHEMA),
  {
    acknowledged: {
      code: 200,
      message: 'heartbeat acknowledged',
      data: { system_id: SYSTEM_ID, acknowledged: true, last_heartbeat: '2025-07-21T10:25:00.000Z' },
    },
  },
);

const INVALID = withExamples(
  jsonResponse('The body is at fault, one entry per fault; or the request is no proper HTTP.', {
    oneOf: [HEARTBEAT_INVALID_SCHEMA, errorSchemaOf(400)],
  }),
  {
    missing: parse(validationEnvelope([{ key: 'system_id', message: 'required', value: '' }])),
    malformed: parse(validationEnvelope([{ key: 'body', message: 'malformed_json', value: '{"system_id":' }])),
    'bad-request': parse(errorEnvelope(400)),
  },
);

/** What systems send to the ingest. */
export const INGEST_PATHS: Paths = {
  '/api/systems/heartbeat': {
    post: {
      operationId: 'sendHeartbeat',
      summary: 'Says that a system is alive',
      description:
        'A 200 comes only when it is recorded durably. Retry 429, 5xx and whatever gave no answer: repeating is harmless.',
      tags: ['heartbeats'],
      security: [{ basic: [] }],
      requestBody: requestBody(REQUEST_SCHEMAS.Heartbeat, { system_id: SYSTEM_ID }),
      responses: {
        200: ACKNOWLEDGED,
        400: INVALID,
        401: ERROR_RESPONSES.WrongCredential,
        403: ERROR_RESPONSES.NotCovered,
        408: ERROR_RESPONSES.Timeout,
        413: ERROR_RESPONSES.TooLarge,
        415: ERROR_RESPONSES.WrongType,
        417: ERROR_RESPONSES.UnknownExpectation,
        429: ERROR_RESPONSES.Limited,
        431: ERROR_RESPONSES.HeadersTooLarge,
        500: ERROR_RESPONSES.Failed,
        503: ERROR_RESPONSES.NotNow,
      },
    },
  },
};

const FRESH = { 'Cache-Control': NO_STORE };

const BEAT = withExamples(jsonResponse('The beat.', BEAT_SCHEMA, FRESH), {
  beat: {
    tick: 1_234,
    pid: 12_345,
    build: '2aae3712',
    startTime: 1_704_900_000,
    uptime: 1_234.5,
    lastBeat: 1_704_901_234.5,
  },
});
const NO_BEAT_YET = withExamples(jsonResponse('Instrumentation has not started.', NO_BEAT_YET_SCHEMA, FRESH), {
  'no-beat-yet': { detail: 'instrumentation layer is not available' },
});
const BEAT_FAILED = withExamples(jsonResponse('The beat could not be told.', BEAT_FAILED_SCHEMA, FRESH), {
  failed: { detail: 'heartbeat retrieval failed' },
});

/** Whether Earshot itself goes on working, for monitors outside of it. */
export const BEAT_PATHS: Paths = {
  '/api/system/heartbeat': {
    get: {
      operationId: 'getBeat',
      summary: 'Whether Earshot itself goes on working',
      description:
        'About one beat a second. Seconds always have a decimal point. Alert when lastBeat is more than 15 s old.',
      tags: ['operations'],
      security: [],
      responses: { 200: BEAT, 500: BEAT_FAILED, 503: NO_BEAT_YET },
    },
  },
};

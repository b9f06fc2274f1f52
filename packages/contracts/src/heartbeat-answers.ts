import {
  choiceOf,
  COUNT,
  described,
  envelopeOf,
  IDENTIFIER,
  INSTANT,
  listOf,
  objectOf,
  SECONDS,
  TEXT,
} from './answer-fragments.ts';
import { type ErrorStatus, STATUS_MESSAGES } from './envelope.ts';
import type { JsonSchema } from './schemas.ts';

/** JSON Schemas of the two published contracts: the answers to a heartbeat, and the engine's own beat. */

/** 200 to `POST /api/systems/heartbeat`: the log has the heartbeat durably. */
export const ACKNOWLEDGEMENT_SCHEMA: JsonSchema = {
  ...envelopeOf(
    200,
    'heartbeat acknowledged',
    objectOf({
      system_id: described(IDENTIFIER, 'As it was sent.'),
      acknowledged: { const: true },
      last_heartbeat: described(
        INSTANT,
        'The time under which the log has the heartbeat: what readers see as last_seen.',
      ),
    }),
  ),
  description: 'The heartbeat is recorded durably.',
};

/** Characters of what was sent that a fault shows. */
const FAULT_VALUE_LENGTH_MAX = 256;

const faultOf = (key: JsonSchema, message: JsonSchema): JsonSchema => ({
  ...objectOf({
    key,
    message,
    value: {
      type: 'string',
      maxLength: FAULT_VALUE_LENGTH_MAX,
      description: 'What was sent: a string as it is, anything else as its JSON, cut; empty when missing.',
    },
  }),
  description: 'A fault of one member of a body or of one parameter.',
});

const validationFailed = (fault: JsonSchema, types: readonly string[]): JsonSchema =>
  envelopeOf(
    400,
    'validation failed',
    objectOf({ type: choiceOf(...types), errors: { ...listOf(fault), minItems: 1 } }),
  );

/** What can be wrong with the body of a heartbeat. */
export const HEARTBEAT_FAULT_SCHEMA: JsonSchema = faultOf(
  choiceOf('system_id', 'body'),
  choiceOf('required', 'must_be_string', 'too_long', 'invalid_characters', 'malformed_json', 'must_be_object'),
);

/** 400 to `POST /api/systems/heartbeat`: one entry per fault. */
export const HEARTBEAT_INVALID_SCHEMA: JsonSchema = {
  ...validationFailed(HEARTBEAT_FAULT_SCHEMA, ['validation_error', 'external_api_error']),
  description: 'The body is at fault. `external_api_error` is never produced.',
};

/** What can be wrong with a call of the engine. */
export const FAULT_SCHEMA: JsonSchema = faultOf(
  described(TEXT, 'The member or parameter, or body.'),
  choiceOf(
    'required',
    'unknown',
    'must_be_string',
    'must_be_integer',
    'must_be_boolean',
    'must_be_array',
    'must_be_object',
    'must_be_instant',
    'must_be_key_value',
    'must_be_in_the_future',
    'too_long',
    'too_many',
    'invalid_characters',
    'out_of_range',
    'below_minimum_ratio',
    'has_systems',
    'not_allowed',
    'repeated',
    'invalid',
    'malformed_json',
  ),
);

/** 400 of the engine: one entry per fault. */
export const INVALID_SCHEMA: JsonSchema = {
  ...validationFailed(FAULT_SCHEMA, ['validation_error']),
  description: 'The query or the body is at fault.',
};

/** Every error without details, `{"code":404,"message":"not found","data":{}}`. */
export const ERROR_SCHEMA: JsonSchema = {
  ...objectOf({
    code: { type: 'integer', enum: Object.keys(STATUS_MESSAGES).map(Number), description: 'The status.' },
    message: choiceOf(...new Set(Object.values(STATUS_MESSAGES))),
    data: { type: 'object', maxProperties: 0 },
  }),
  description: 'An error without details. The message is a stable word of the status.',
};

/** The error of one status. */
export const errorSchemaOf = (status: ErrorStatus): JsonSchema => ({
  allOf: [
    ERROR_SCHEMA,
    { type: 'object', properties: { code: { const: status }, message: { const: STATUS_MESSAGES[status] } } },
  ],
});

const BEAT_MEMBERS: Readonly<Record<string, JsonSchema>> = {
  tick: described(COUNT, 'Beats so far.'),
  pid: described(COUNT, 'Process id.'),
  build: { type: 'string', minLength: 1, description: 'Git commit (8 hex digits) or dev-unknown.' },
  startTime: { type: 'number', description: 'Unix seconds at which instrumentation started.' },
  uptime: described(SECONDS, 'Seconds since then, on a monotonic clock.'),
  lastBeat: { type: 'number', description: 'Unix seconds of the newest beat; startTime before the first.' },
};

/** 200 to `GET /api/system/heartbeat`: exactly these six members, without an envelope. */
export const BEAT_SCHEMA: JsonSchema = {
  ...objectOf(BEAT_MEMBERS),
  additionalProperties: false,
  description: 'Exactly these six members, in this order, without an envelope.',
};

const noBeat = (detail: string): JsonSchema => ({
  ...objectOf({ detail: { const: detail } }),
  additionalProperties: false,
});

/** 503 to `GET /api/system/heartbeat`: instrumentation has not started. */
export const NO_BEAT_YET_SCHEMA: JsonSchema = noBeat('instrumentation layer is not available');

/** 500 to `GET /api/system/heartbeat`. */
export const BEAT_FAILED_SCHEMA: JsonSchema = noBeat('heartbeat retrieval failed');

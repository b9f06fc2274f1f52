import { choiceOf, described, envelopeOf, FLAG, INSTANT, listOf, objectOf, orNull, TEXT } from './answer-fragments.ts';
import {
  CREDENTIAL_DOCUMENT_SCHEMA,
  FLEET_DOCUMENT_SCHEMA,
  INCIDENT_SCHEMA,
  ISSUED_CREDENTIAL_SCHEMA,
  PARTITION_DOCUMENT_SCHEMA,
  PARTITION_OUTAGE_SCHEMA,
  SYSTEM_DOCUMENT_SCHEMA,
  TOTALS_SCHEMA,
  TRANSITION_DOCUMENT_SCHEMA,
} from './engine-documents.ts';
import type { JsonSchema } from './schemas.ts';

/** JSON Schemas of the engine's answers in the envelope. */

type Members = Readonly<Record<string, JsonSchema>>;

/** How far what is said about liveness is true, and whether it was read just now. */
const STAMP: Members = {
  as_of: described(orNull(INSTANT), 'The oldest proven time of all partitions; null while one was never heard.'),
  projection: described(
    choiceOf('reachable', 'unreachable'),
    'Unreachable: what is shown was seen last, and `as_of` is old.',
  ),
};

const NOTHING: JsonSchema = { type: 'object', maxProperties: 0 };

const found = (data: Members): JsonSchema => envelopeOf(200, 'ok', objectOf({ ...data, ...STAMP }));
const changed = (data: Members): JsonSchema => envelopeOf(200, 'changed', objectOf({ ...data, ...STAMP }));
const created = (data: Members): JsonSchema => envelopeOf(201, 'created', objectOf(data));

/** One page; only a `next_cursor` of null tells the end. */
const pageOf = (name: string, items: JsonSchema): JsonSchema =>
  found({
    [name]: listOf(items),
    next_cursor: { type: ['string', 'null'], minLength: 1, description: 'Opaque; null at the end.' },
  });

export const SUMMARY_ANSWER_SCHEMA: JsonSchema = found({
  totals: TOTALS_SCHEMA,
  partitions: { ...listOf(PARTITION_DOCUMENT_SCHEMA), minItems: 1 },
  incidents: described(listOf(INCIDENT_SCHEMA), 'What is the matter now.'),
  catalog: described(choiceOf('complete', 'filling', 'behind'), 'Filling: lists and totals are not complete yet.'),
});

/** Transitions shown with a single system. */
const SHOWN_TRANSITIONS_MAX = 10;

export const SYSTEM_ANSWER_SCHEMA: JsonSchema = found({
  system: SYSTEM_DOCUMENT_SCHEMA,
  transitions: {
    ...listOf(TRANSITION_DOCUMENT_SCHEMA),
    maxItems: SHOWN_TRANSITIONS_MAX,
    description: 'The newest, newest first.',
  },
});
export const SYSTEMS_ANSWER_SCHEMA: JsonSchema = pageOf('systems', SYSTEM_DOCUMENT_SCHEMA);
export const CREATED_SYSTEM_ANSWER_SCHEMA: JsonSchema = created({
  system: SYSTEM_DOCUMENT_SCHEMA,
  credential: ISSUED_CREDENTIAL_SCHEMA,
  ...STAMP,
});
export const CHANGED_SYSTEM_ANSWER_SCHEMA: JsonSchema = changed({ system: SYSTEM_DOCUMENT_SCHEMA });

export const FLEET_ANSWER_SCHEMA: JsonSchema = found({ fleet: FLEET_DOCUMENT_SCHEMA });
export const FLEETS_ANSWER_SCHEMA: JsonSchema = pageOf('fleets', FLEET_DOCUMENT_SCHEMA);
export const CREATED_FLEET_ANSWER_SCHEMA: JsonSchema = created({
  fleet: FLEET_DOCUMENT_SCHEMA,
  credential: ISSUED_CREDENTIAL_SCHEMA,
});
export const CHANGED_FLEET_ANSWER_SCHEMA: JsonSchema = changed({ fleet: FLEET_DOCUMENT_SCHEMA });

export const CREDENTIALS_ANSWER_SCHEMA: JsonSchema = pageOf('credentials', CREDENTIAL_DOCUMENT_SCHEMA);
export const CREATED_CREDENTIAL_ANSWER_SCHEMA: JsonSchema = created({ credential: ISSUED_CREDENTIAL_SCHEMA });

/** Retired, removed or revoked: nothing is left to show. */
export const DONE_ANSWER_SCHEMA: JsonSchema = {
  ...envelopeOf(200, 'changed', NOTHING),
  description: 'Done; nothing is left to show.',
};

export const TRANSITIONS_ANSWER_SCHEMA: JsonSchema = pageOf('transitions', TRANSITION_DOCUMENT_SCHEMA);
export const OUTAGES_ANSWER_SCHEMA: JsonSchema = pageOf('outages', PARTITION_OUTAGE_SCHEMA);
export const INCIDENTS_ANSWER_SCHEMA: JsonSchema = pageOf('incidents', INCIDENT_SCHEMA);

export const ALIVE_ANSWER_SCHEMA: JsonSchema = {
  ...envelopeOf(200, 'alive', NOTHING),
  description: 'The event loop turns. Never looks at a neighbour.',
};

export const HEALTH_SCHEMA: JsonSchema = {
  ...objectOf({ ready: FLAG, reasons: described(listOf(TEXT), 'Why not; empty when ready.') }),
  description: 'Whether a service of the process can do its work now.',
};
const SERVICES: JsonSchema = objectOf({
  services: { type: 'object', minProperties: 1, additionalProperties: HEALTH_SCHEMA },
});
export const READY_ANSWER_SCHEMA: JsonSchema = envelopeOf(200, 'ready', SERVICES);
export const NOT_READY_ANSWER_SCHEMA: JsonSchema = envelopeOf(503, 'service unavailable', SERVICES);

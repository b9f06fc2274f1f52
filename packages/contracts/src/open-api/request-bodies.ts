import { FLAG, IDENTIFIER, objectOf } from '../answer-fragments.ts';
import {
  INTERVAL_SECONDS_MAX,
  INTERVAL_SECONDS_MIN,
  TAG_LENGTH_MAX,
  TAGS_MAX,
  TTL_SECONDS_MAX,
  TTL_SECONDS_MIN,
} from '../constants.ts';
import type { JsonSchema } from '../schemas.ts';

/** What is sent. The engine's bodies are closed: a member that is not known is a fault. */

/** Refused are also control characters, lone surrogates, white space at the ends, `.` and `..`. */
const NAME: JsonSchema = { type: 'string', maxLength: 255 };
const INTERVAL: JsonSchema = { type: 'integer', minimum: INTERVAL_SECONDS_MIN, maximum: INTERVAL_SECONDS_MAX };
const TTL: JsonSchema = {
  type: 'integer',
  minimum: TTL_SECONDS_MIN,
  maximum: TTL_SECONDS_MAX,
  description: 'At least 1.5 intervals.',
};
/** More than one log can watch. */
const FLEET_SYSTEMS_MAX = 100_000_000;
const SYSTEMS_MAX: JsonSchema = {
  type: 'integer',
  minimum: 0,
  maximum: FLEET_SYSTEMS_MAX,
  description: 'How many systems the fleet may have by registering themselves.',
};
const TAGS: JsonSchema = {
  type: 'array',
  maxItems: TAGS_MAX,
  items: { type: 'string', maxLength: TAG_LENGTH_MAX, pattern: '^[^:]+:[\\s\\S]+$', examples: ['site:rome'] },
};

const closed = (properties: Readonly<Record<string, JsonSchema>>, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  ...(required.length === 0 ? {} : { required }),
  properties,
});

/** In a merge patch null goes back to what a new one would get. */
const orDefault = (schema: JsonSchema): JsonSchema => ({ ...schema, type: [schema['type'], 'null'] });

const FLEET_SETTINGS: Readonly<Record<string, JsonSchema>> = {
  interval_seconds: INTERVAL,
  ttl_seconds: TTL,
  auto_register: FLAG,
  max_systems: SYSTEMS_MAX,
  covers_own: FLAG,
};

type RequestName = 'Heartbeat' | 'NewSystem' | 'SystemPatch' | 'NewFleet' | 'FleetPatch' | 'Pause' | 'Nothing';

/** Bodies by the name under which the document has them. */
export const REQUEST_SCHEMAS: Readonly<Record<RequestName, JsonSchema>> = {
  Heartbeat: objectOf({
    system_id: {
      ...IDENTIFIER,
      description: 'No control characters, lone surrogates or white space at the ends; not . or ..',
    },
  }),
  NewSystem: closed(
    { system_id: IDENTIFIER, fleet: IDENTIFIER, name: NAME, tags: TAGS, interval_seconds: INTERVAL, ttl_seconds: TTL },
    ['system_id'],
  ),
  SystemPatch: closed({
    fleet: IDENTIFIER,
    name: orDefault(NAME),
    tags: orDefault(TAGS),
    interval_seconds: orDefault(INTERVAL),
    ttl_seconds: orDefault(TTL),
  }),
  NewFleet: closed({ name: IDENTIFIER, ...FLEET_SETTINGS }, ['name']),
  FleetPatch: closed(
    Object.fromEntries(Object.entries(FLEET_SETTINGS).map(([name, schema]) => [name, orDefault(schema)])),
  ),
  Pause: closed({
    until: {
      type: ['string', 'null'],
      format: 'date-time',
      description: 'At most 366 days ahead; for ever without it.',
    },
  }),
  Nothing: closed({}),
};

const MERGE_PATCH = 'application/merge-patch+json';

/** A Request Body Object. */
export interface RequestBody {
  readonly required: boolean;
  readonly content: Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>;
}

/** A body that has to be there exactly if something in it has to. */
export const requestBody = (schema: JsonSchema, example?: unknown): RequestBody => ({
  required: 'required' in schema,
  content: { 'application/json': example === undefined ? { schema } : { schema, example } },
});

export const mergePatch = (schema: JsonSchema): RequestBody => ({
  required: false,
  content: { 'application/json': { schema }, [MERGE_PATCH]: { schema } },
});

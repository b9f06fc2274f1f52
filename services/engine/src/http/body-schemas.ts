import {
  INTERVAL_SECONDS_MAX,
  INTERVAL_SECONDS_MIN,
  type JsonSchema,
  TAGS_MAX,
  TTL_SECONDS_MAX,
  TTL_SECONDS_MIN,
} from '@earshot/contracts';

/** JSON Schemas of request bodies. Closed: a member we do not know is a typing error of the sender's. */

const IDENTIFIER: JsonSchema = { type: 'string', format: 'identifier' };
const INTERVAL: JsonSchema = { type: 'integer', minimum: INTERVAL_SECONDS_MIN, maximum: INTERVAL_SECONDS_MAX };
const TTL: JsonSchema = { type: 'integer', minimum: TTL_SECONDS_MIN, maximum: TTL_SECONDS_MAX };
const COUNT: JsonSchema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER };
const FLAG: JsonSchema = { type: 'boolean' };
const TAGS: JsonSchema = { type: 'array', maxItems: TAGS_MAX, items: { type: 'string', format: 'identifier' } };
const NAME: JsonSchema = { type: 'string', format: 'identifier-or-empty' };

const closed = (properties: Readonly<Record<string, JsonSchema>>, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  required,
  properties,
});
const orNull = (schema: JsonSchema): JsonSchema => ({ ...schema, nullable: true });

export const NEW_SYSTEM_SCHEMA: JsonSchema = closed(
  { system_id: IDENTIFIER, fleet: IDENTIFIER, name: NAME, tags: TAGS, interval_seconds: INTERVAL, ttl_seconds: TTL },
  ['system_id'],
);

export const SYSTEM_PATCH_SCHEMA: JsonSchema = closed({
  fleet: IDENTIFIER,
  name: orNull(NAME),
  tags: orNull(TAGS),
  interval_seconds: orNull(INTERVAL),
  ttl_seconds: orNull(TTL),
});

export const NEW_FLEET_SCHEMA: JsonSchema = closed(
  {
    name: IDENTIFIER,
    interval_seconds: INTERVAL,
    ttl_seconds: TTL,
    auto_register: FLAG,
    max_systems: COUNT,
    covers_own: FLAG,
  },
  ['name'],
);

export const FLEET_PATCH_SCHEMA: JsonSchema = closed({
  interval_seconds: orNull(INTERVAL),
  ttl_seconds: orNull(TTL),
  auto_register: orNull(FLAG),
  max_systems: orNull(COUNT),
  covers_own: orNull(FLAG),
});

export const PAUSE_SCHEMA: JsonSchema = closed({ until: orNull({ type: 'string', format: 'instant' }) });

export const EMPTY_SCHEMA: JsonSchema = closed({});

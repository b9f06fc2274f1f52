/**
 * JSON Schemas (draft 7) of every record in our topics. Readers ignore unknown members, so nothing is closed.
 * Bounds keep a hostile or broken writer from growing a reader's memory.
 */
export type JsonSchema = Readonly<Record<string, unknown>>;

const INTEGER_MAX = Number.MAX_SAFE_INTEGER;
const TTL_MS_MAX = 2_592_000_000;
const NAME: JsonSchema = { type: 'string', maxLength: 255 };
const COUNT: JsonSchema = { type: 'integer', minimum: 0, maximum: INTEGER_MAX };
const TTL: JsonSchema = { type: 'integer', minimum: 1, maximum: TTL_MS_MAX };

export const HEARTBEAT_SCHEMA: JsonSchema = {
  $id: 'https://earshot.io/schemas/heartbeat.v1.json',
  title: 'heartbeat',
  type: 'object',
  required: ['type', 'ttl_ms'],
  properties: { type: { const: 'heartbeat' }, ttl_ms: TTL, revision: COUNT, fleet: NAME, credential: NAME },
};

export const KNOCK_SCHEMA: JsonSchema = {
  $id: 'https://earshot.io/schemas/knock.v1.json',
  title: 'knock',
  type: 'object',
  required: ['type', 'ingest', 'n'],
  properties: {
    type: { const: 'knock' },
    ingest: { type: 'string', minLength: 1, maxLength: 255 },
    n: COUNT,
    refused: COUNT,
    names: { type: 'array', maxItems: 64, items: NAME },
    leaving: { type: 'boolean' },
    goodbye: { type: 'boolean' },
  },
};

/** A retired system needs no ttl; any other does. */
export const SYSTEM_SCHEMA: JsonSchema = {
  $id: 'https://earshot.io/schemas/system.v1.json',
  title: 'system',
  type: 'object',
  required: ['type'],
  properties: {
    type: { const: 'system' },
    revision: COUNT,
    ttl_ms: TTL,
    paused: { type: 'boolean' },
    retired: { type: 'boolean' },
    fleet: NAME,
  },
  if: { required: ['retired'], properties: { retired: { const: true } } },
  else: { required: ['ttl_ms'] },
};

export const RELEASE_SCHEMA: JsonSchema = {
  $id: 'https://earshot.io/schemas/release.v1.json',
  title: 'release',
  type: 'object',
  required: ['type'],
  properties: {
    type: { const: 'release' },
    by: { type: 'string', maxLength: 255 },
    reason: { type: 'string', maxLength: 1000 },
  },
};

const CREDENTIALS: JsonSchema = {
  type: 'array',
  maxItems: 100,
  items: {
    type: 'object',
    required: ['id', 'sha256', 'created_at'],
    properties: {
      id: { type: 'string', minLength: 1, maxLength: 64 },
      sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
      salt: { type: 'string', maxLength: 255 },
      created_at: COUNT,
    },
  },
};

export const REGISTRY_ENTRY_SCHEMA: JsonSchema = {
  $id: 'https://earshot.io/schemas/registry-entry.v1.json',
  title: 'registry entry',
  type: 'object',
  required: ['type'],
  oneOf: [
    {
      required: ['system_id', 'fleet', 'interval_ms', 'ttl_ms', 'credentials'],
      properties: {
        type: { const: 'system' },
        system_id: NAME,
        fleet: NAME,
        name: NAME,
        tags: { type: 'array', maxItems: 32, items: NAME },
        interval_ms: TTL,
        ttl_ms: TTL,
        paused: { type: 'boolean' },
        paused_until: { type: ['integer', 'null'] },
        retired: { type: 'boolean' },
        credentials: CREDENTIALS,
        changed_at: COUNT,
      },
    },
    {
      required: ['name', 'interval_ms', 'ttl_ms', 'credentials'],
      properties: {
        type: { const: 'fleet' },
        name: NAME,
        interval_ms: TTL,
        ttl_ms: TTL,
        auto_register: { type: 'boolean' },
        max_systems: COUNT,
        covers_own: { type: 'boolean' },
        credentials: CREDENTIALS,
        changed_at: COUNT,
      },
    },
    {
      required: ['id', 'role'],
      properties: { type: { const: 'token' }, id: NAME, role: { enum: ['operator', 'viewer'] }, name: NAME },
    },
    { required: ['id'], properties: { type: { const: 'log' }, id: { type: 'string', minLength: 1, maxLength: 64 } } },
  ],
};

const INSTANT: JsonSchema = {
  type: 'string',
  maxLength: 32,
  pattern: '^[+-]?\\d{4,6}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
};
const SECONDS: JsonSchema = { type: 'number', minimum: 0 };
const OUTAGE: JsonSchema = {
  type: 'object',
  required: ['from', 'to', 'cause', 'ingest'],
  properties: { from: INSTANT, to: INSTANT, cause: { type: 'string', maxLength: 64 }, ingest: NAME },
};
const VERDICT: JsonSchema = {
  type: ['object', 'null'],
  required: ['last_seen', 'ttl_seconds', 'proven', 'decided_at', 'rule', 'open_seconds', 'outages', 'held_seconds'],
  properties: {
    last_seen: { anyOf: [INSTANT, { type: 'null' }] },
    since: INSTANT,
    ttl_seconds: SECONDS,
    proven: INSTANT,
    decided_at: INSTANT,
    rule: { enum: ['contiguous', 'accumulated'] },
    open_seconds: SECONDS,
    open_since: INSTANT,
    outages: { type: 'array', maxItems: 100, items: OUTAGE },
    held_seconds: SECONDS,
  },
};

const cloudEvent = (name: string, data: JsonSchema): JsonSchema => ({
  $id: `https://earshot.io/schemas/${name}.v1.json`,
  title: name,
  type: 'object',
  required: ['specversion', 'id', 'source', 'type', 'data'],
  properties: {
    specversion: { const: '1.0' },
    id: { type: 'string', maxLength: 1_024 },
    source: { type: 'string', maxLength: 255 },
    type: { type: 'string', maxLength: 255 },
    subject: { type: 'string', maxLength: 1_024 },
    time: INSTANT,
    datacontenttype: { const: 'application/json' },
    data,
  },
});

export const TRANSITION_SCHEMA: JsonSchema = cloudEvent('transition', {
  type: 'object',
  required: ['id', 'system_id', 'registration', 'sequence', 'from', 'to', 'occurred_at', 'decided_at', 'position'],
  properties: {
    id: { type: 'string', maxLength: 1_024 },
    system_id: NAME,
    fleet: NAME,
    registration: COUNT,
    sequence: { type: 'integer', minimum: 1 },
    from: { enum: ['unseen', 'online', 'offline'] },
    to: { enum: ['online', 'offline'] },
    occurred_at: INSTANT,
    decided_at: INSTANT,
    ttl_seconds: SECONDS,
    position: COUNT,
    verdict: VERDICT,
  },
});

export const PARTITION_EVENT_SCHEMA: JsonSchema = cloudEvent('partition-event', {
  type: 'object',
  required: ['id', 'position', 'event', 'at'],
  properties: {
    id: { type: 'string', maxLength: 255 },
    position: COUNT,
    event: { enum: ['fleet-silence-opened', 'fleet-silence-closed', 'outage-recorded'] },
    at: INSTANT,
    late: COUNT,
    listed: COUNT,
    reason: { enum: ['recovered', 'operator'] },
    by: NAME,
    note: { type: 'string', maxLength: 1_000 },
    outage: OUTAGE,
  },
});

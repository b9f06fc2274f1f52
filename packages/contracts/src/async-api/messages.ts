import { AUDIT_SCHEMA } from '../audit-schema.ts';
import {
  HEARTBEAT_SCHEMA,
  type JsonSchema,
  KNOCK_SCHEMA,
  PARTITION_EVENT_SCHEMA,
  REGISTRY_ENTRY_SCHEMA,
  RELEASE_SCHEMA,
  SYSTEM_SCHEMA,
  TRANSITION_SCHEMA,
} from '../schemas.ts';
import { PARTITION_EVENT_EXAMPLE, TRANSITION_EXAMPLE } from './event-examples.ts';

/** A Message Object. */
export interface MessageObject {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly contentType?: string;
  readonly payload: JsonSchema;
  readonly bindings: {
    readonly kafka: { readonly key: JsonSchema; readonly bindingVersion: typeof KAFKA_BINDING_VERSION };
  };
  readonly examples?: readonly { readonly payload: unknown }[];
}

export const KAFKA_BINDING_VERSION = '0.5.0';
const CLOUD_EVENT_TYPE = 'application/cloudevents+json; charset=utf-8';

/** The schemas, by the name under which the document has them. */
export const RECORD_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  heartbeat: HEARTBEAT_SCHEMA,
  knock: KNOCK_SCHEMA,
  system: SYSTEM_SCHEMA,
  release: RELEASE_SCHEMA,
  registryEntry: REGISTRY_ENTRY_SCHEMA,
  transition: TRANSITION_SCHEMA,
  partitionEvent: PARTITION_EVENT_SCHEMA,
  change: AUDIT_SCHEMA,
};

const SYSTEM_ID: JsonSchema = { type: 'string', minLength: 1, description: 'The system_id.' };
const NO_KEY: JsonSchema = { type: 'null', description: 'None: the partition is given.' };
const REGISTRY_KEY: JsonSchema = {
  type: 'string',
  pattern: '^(system/.+|fleet/.+|token/[0-9a-f]{64}|log)$',
  description: 'What the entry is about.',
};
const EVENT_ID: JsonSchema = { type: 'string', description: 'The event’s id, `<partition>/<position>/<event>`.' };
const TOMBSTONE: JsonSchema = { type: 'null' };

const keyedBy = (key: JsonSchema): MessageObject['bindings'] => ({
  kafka: { key, bindingVersion: KAFKA_BINDING_VERSION },
});

type MessageName =
  | 'heartbeat'
  | 'knock'
  | 'system'
  | 'release'
  | 'registryEntry'
  | 'entryGone'
  | 'transition'
  | 'systemRetired'
  | 'partitionEvent'
  | 'change';

/** Messages by the name under which the document has them. */
export const MESSAGES: Readonly<Record<MessageName, MessageObject>> = {
  heartbeat: {
    name: 'heartbeat',
    title: 'A heartbeat',
    summary: 'A system was heard. Carries the ttl in force and what it rests on.',
    payload: HEARTBEAT_SCHEMA,
    bindings: keyedBy(SYSTEM_ID),
    examples: [
      {
        payload: { type: 'heartbeat', ttl_ms: 1_500_000, revision: 17, fleet: 'default', credential: 'bC3kZ0xA' },
      },
    ],
  },
  knock: {
    name: 'knock',
    title: 'A knock',
    summary: 'An ingest hears and records. Once a second, to every partition.',
    payload: KNOCK_SCHEMA,
    bindings: keyedBy(NO_KEY),
    examples: [{ payload: { type: 'knock', ingest: 'edge-1-9f3a01c2', n: 4_711, names: ['pump-7'] } }],
  },
  system: {
    name: 'system',
    title: 'A change of a system',
    summary: 'What cannot wait for the system’s next heartbeat.',
    payload: SYSTEM_SCHEMA,
    bindings: keyedBy(SYSTEM_ID),
    examples: [{ payload: { type: 'system', revision: 18, ttl_ms: 1_500_000, fleet: 'default', paused: true } }],
  },
  release: {
    name: 'release',
    title: 'A release',
    summary: 'An operator ends the effect of a hold.',
    payload: RELEASE_SCHEMA,
    bindings: keyedBy(NO_KEY),
    examples: [{ payload: { type: 'release', by: 'operator', reason: 'fibre cut in Rome' } }],
  },
  registryEntry: {
    name: 'registryEntry',
    title: 'An entry',
    summary: 'A system, fleet, token or the log’s name as it is now. The record’s position is its revision.',
    payload: REGISTRY_ENTRY_SCHEMA,
    bindings: keyedBy(REGISTRY_KEY),
    examples: [{ payload: { type: 'log', id: 'bC3kZ0xAbC3k' } }],
  },
  entryGone: {
    name: 'entryGone',
    title: 'No entry any more',
    summary: 'A tombstone: the key is gone.',
    payload: TOMBSTONE,
    bindings: keyedBy(REGISTRY_KEY),
  },
  transition: {
    name: 'transition',
    title: 'A transition',
    summary:
      'A system is online or offline. At least once, in order: drop what is not above the (registration, sequence) known.',
    contentType: CLOUD_EVENT_TYPE,
    payload: TRANSITION_SCHEMA,
    bindings: keyedBy(SYSTEM_ID),
    examples: [{ payload: TRANSITION_EXAMPLE }],
  },
  systemRetired: {
    name: 'systemRetired',
    title: 'No system any more',
    summary: 'A tombstone: the system was retired.',
    payload: TOMBSTONE,
    bindings: keyedBy(SYSTEM_ID),
  },
  partitionEvent: {
    name: 'partitionEvent',
    title: 'An event of a partition',
    summary: 'A fleet silence opened or closed, or an outage was recorded.',
    contentType: CLOUD_EVENT_TYPE,
    payload: PARTITION_EVENT_SCHEMA,
    bindings: keyedBy(EVENT_ID),
    examples: [{ payload: PARTITION_EVENT_EXAMPLE }],
  },
  change: {
    name: 'change',
    title: 'A change',
    summary: 'Who changed what, when. Never a secret, nor its hash.',
    payload: AUDIT_SCHEMA,
    bindings: keyedBy(NO_KEY),
    examples: [
      {
        payload: {
          type: 'change',
          at: 1_795_447_028_099,
          by: 'operator',
          action: 'system_paused',
          subject: 'system/pump-7',
          revision: 18,
        },
      },
    ],
  },
};

import { Ajv, type ValidateFunction } from 'ajv';
import type { HeartbeatTopicRecord, UnreadableReason } from './heartbeat-records.ts';
import type { PartitionEventDocument } from './partition-event-document.ts';
import type { RegistryEntry } from './registry-records.ts';
import {
  HEARTBEAT_SCHEMA,
  KNOCK_SCHEMA,
  PARTITION_EVENT_SCHEMA,
  REGISTRY_ENTRY_SCHEMA,
  RELEASE_SCHEMA,
  SYSTEM_SCHEMA,
  TRANSITION_SCHEMA,
} from './schemas.ts';
import type { TransitionDocument } from './transition-document.ts';

/** What a record of a topic says, or why it says nothing. */
export type Decoded<T> = { readonly value: T } | { readonly unreadable: UnreadableReason };

/** Compiled lazily and once: a schema costs milliseconds to compile and nothing to keep. */
const lazily = (schema: object): (() => ValidateFunction) => {
  let compiled: ValidateFunction | undefined;
  return () => (compiled ??= new Ajv({ strict: false }).compile(schema));
};

const HEARTBEAT_TOPIC_VALIDATORS: ReadonlyMap<unknown, () => ValidateFunction> = new Map([
  ['heartbeat', lazily(HEARTBEAT_SCHEMA)],
  ['knock', lazily(KNOCK_SCHEMA)],
  ['system', lazily(SYSTEM_SCHEMA)],
  ['release', lazily(RELEASE_SCHEMA)],
]);
const registryEntryValidator = lazily(REGISTRY_ENTRY_SCHEMA);
const transitionValidator = lazily(TRANSITION_SCHEMA);
const partitionEventValidator = lazily(PARTITION_EVENT_SCHEMA);

const parseJson = (text: string): { value: unknown } | null => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
};

const typeOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;

/** Needs a key: heartbeats and changes of a system are about the system that the key names. */
const isAboutSystem = (type: unknown): boolean => type === 'heartbeat' || type === 'system';

/**
 * Reads one record of the heartbeats topic. Never throws: a record that no schema fits comes back with its reason, to be
 * counted, logged and skipped; it stays in the log.
 */
export const decodeHeartbeatTopicRecord = (key: string | null, value: string | null): Decoded<HeartbeatTopicRecord> => {
  const parsed = value === null ? null : parseJson(value);
  if (parsed === null) return { unreadable: 'not_json' };
  const type = typeOf(parsed.value);
  const validator = HEARTBEAT_TOPIC_VALIDATORS.get(type);
  if (validator === undefined) return { unreadable: 'unknown_type' };
  if (!validator()(parsed.value)) return { unreadable: 'schema' };
  if (isAboutSystem(type) && (key === null || key === '')) return { unreadable: 'no_key' };
  return { value: parsed.value as HeartbeatTopicRecord };
};

/** Reads one value of the registry topic; never throws. Members an older writer left out are filled with their defaults. */
export const decodeRegistryEntry = (value: string): Decoded<RegistryEntry> => {
  const parsed = parseJson(value);
  if (parsed === null) return { unreadable: 'not_json' };
  if (!registryEntryValidator()(parsed.value)) return { unreadable: 'schema' };
  const entry = parsed.value as RegistryEntry;
  if (entry.type === 'system') {
    return {
      value: { ...SYSTEM_ENTRY_DEFAULTS, ...entry },
    };
  }
  if (entry.type === 'fleet') return { value: { ...FLEET_ENTRY_DEFAULTS, ...entry } };
  return { value: entry };
};

const SYSTEM_ENTRY_DEFAULTS = { name: '', tags: [], paused: false, paused_until: null, retired: false, changed_at: 0 };
const FLEET_ENTRY_DEFAULTS = { auto_register: true, max_systems: 100_000, covers_own: false, changed_at: 0 };

const decodeEventData = (value: string, validator: ValidateFunction): Decoded<unknown> => {
  const parsed = parseJson(value);
  if (parsed === null) return { unreadable: 'not_json' };
  return validator(parsed.value) ? { value: (parsed.value as { data: unknown }).data } : { unreadable: 'schema' };
};

/** Reads one value of the transitions topic; never throws. */
export const decodeTransition = (value: string): Decoded<TransitionDocument> =>
  decodeEventData(value, transitionValidator()) as Decoded<TransitionDocument>;

/** Reads one value of the incidents topic; never throws. */
export const decodePartitionEvent = (value: string): Decoded<PartitionEventDocument> =>
  decodeEventData(value, partitionEventValidator()) as Decoded<PartitionEventDocument>;

/** The record as it goes into the log: members that are false, empty, 0 or undefined are left out. */
export const encodeHeartbeatTopicRecord = (record: HeartbeatTopicRecord): string =>
  JSON.stringify(Object.fromEntries(Object.entries(record).filter(([, value]) => !isAbsent(value))));

const isAbsent = (value: unknown): boolean =>
  value === undefined || value === false || value === 0 || value === '' || (Array.isArray(value) && value.length === 0);

import {
  codePoints,
  type DurationMs,
  type Fault,
  faultValue,
  identifierFaults,
  INTERVAL_SECONDS_MAX,
  INTERVAL_SECONDS_MIN,
  TAG_LENGTH_MAX,
  TAGS_MAX,
  TTL_PER_INTERVAL_MIN,
  TTL_SECONDS_MAX,
  TTL_SECONDS_MIN,
} from '@earshot/contracts';

/** Most systems a fleet may be allowed to register by sending: more than one log can watch. */
const FLEET_SYSTEMS_MAX = 100_000_000;

const MS_PER_SECOND = 1_000;

const fault = (key: string, message: string, value: unknown): Fault => ({ key, message, value: faultValue(value) });

/** What is wrong with an id or a name, under the key the outside knows it by. */
export const nameFaults = (key: string, name: string): readonly Fault[] =>
  identifierFaults(name).map((message) => fault(key, message, name));

/** A display name may be missing. */
export const displayNameFaults = (name: string): readonly Fault[] => (name === '' ? [] : nameFaults('name', name));

const secondsFaults = (
  key: string,
  ms: DurationMs,
  bounds: { readonly min: number; readonly max: number },
): readonly Fault[] => {
  const seconds = ms / MS_PER_SECOND;
  if (!Number.isSafeInteger(seconds)) return [fault(key, 'must_be_integer', seconds)];
  return seconds < bounds.min || seconds > bounds.max ? [fault(key, 'out_of_range', seconds)] : [];
};

/** Whole seconds within bounds, and a ttl long enough that one heartbeat may be late without the system flapping. */
export const timingFaults = (timing: {
  readonly intervalMs: DurationMs;
  readonly ttlMs: DurationMs;
}): readonly Fault[] => {
  const { intervalMs, ttlMs } = timing;
  const faults = [
    ...secondsFaults('interval_seconds', intervalMs, { min: INTERVAL_SECONDS_MIN, max: INTERVAL_SECONDS_MAX }),
    ...secondsFaults('ttl_seconds', ttlMs, { min: TTL_SECONDS_MIN, max: TTL_SECONDS_MAX }),
  ];
  if (faults.length > 0 || ttlMs >= TTL_PER_INTERVAL_MIN * intervalMs) return faults;
  return [fault('ttl_seconds', 'below_minimum_ratio', ttlMs / MS_PER_SECOND)];
};

export const systemsMaxFaults = (systemsMax: number): readonly Fault[] => {
  if (!Number.isSafeInteger(systemsMax)) return [fault('max_systems', 'must_be_integer', systemsMax)];
  return systemsMax < 0 || systemsMax > FLEET_SYSTEMS_MAX ? [fault('max_systems', 'out_of_range', systemsMax)] : [];
};

const tagFault = (tag: string): readonly Fault[] => {
  const colon = tag.indexOf(':');
  if (colon < 1 || colon === tag.length - 1) return [fault('tags', 'must_be_key_value', tag)];
  if (codePoints(tag) > TAG_LENGTH_MAX) return [fault('tags', 'too_long', tag)];
  return identifierFaults(tag).map((message) => fault('tags', message, tag));
};

/** `key:value` each, at most 32; the value may hold further colons. */
export const tagsFaults = (tags: readonly string[]): readonly Fault[] =>
  tags.length > TAGS_MAX ? [fault('tags', 'too_many', tags.length)] : tags.flatMap(tagFault);

export const unknownFleetFault = (fleet: string): Fault => fault('fleet', 'unknown', fleet);

/** Tags are a set: the same one twice is there once. */
export const distinctTags = (tags: readonly string[]): readonly string[] => [...new Set(tags)];

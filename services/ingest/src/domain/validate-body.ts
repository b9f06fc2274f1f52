import { type Fault, faultValue, identifierFaults } from '@earshot/contracts';

/** What a body says: the system it is about, or every fault it has. */
export type ValidatedBody = { readonly systemId: string } | { readonly faults: readonly Fault[] };

/** What came over the wire. `text` has replacement characters where the bytes were not UTF-8. */
export interface ReceivedBody {
  readonly text: string;
  readonly isUtf8: boolean;
}

export interface BodyRule {
  /** The system that is meant when the body is missing or names none; null where it must name one. */
  readonly implied: string | null;
}

/** A nesting this deep cannot be written out again; what it was does not matter to anybody. */
const UNSHOWABLE = '';

const shown = (value: unknown): string => {
  try {
    return faultValue(value);
  } catch {
    return UNSHOWABLE;
  }
};

const bodyFault = (message: 'malformed_json' | 'must_be_object', value: unknown): ValidatedBody => ({
  faults: [{ key: 'body', message, value: shown(value) }],
});

const parseJson = (text: string): { readonly value: unknown } | null => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
};

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The member itself: never one that an object inherits. */
const systemIdOf = (body: object): unknown =>
  Object.hasOwn(body, 'system_id') ? (body as { readonly system_id?: unknown }).system_id : undefined;

const validateSystemId = (systemId: unknown, rule: BodyRule): ValidatedBody => {
  if (systemId === undefined && rule.implied !== null) return { systemId: rule.implied };
  const faults = identifierFaults(systemId);
  if (faults.length === 0 && typeof systemId === 'string') return { systemId };
  return { faults: faults.map((message) => ({ key: 'system_id', message, value: shown(systemId) })) };
};

/**
 * Reads `{"system_id": "…"}`; other members are ignored, and of a member given twice the last one counts, as everywhere
 * in JSON. No bytes at all are a body that names nothing.
 */
export const validateBody = (body: ReceivedBody, rule: BodyRule): ValidatedBody => {
  if (body.text === '') return validateSystemId(undefined, rule);
  const parsed = body.isUtf8 ? parseJson(body.text) : null;
  if (parsed === null) return bodyFault('malformed_json', body.text);
  if (!isObject(parsed.value)) return bodyFault('must_be_object', parsed.value);
  return validateSystemId(systemIdOf(parsed.value), rule);
};

/**
 * Whether what came is no JSON at all (and not nothing): with a form's content type that is a wrong type, not a wrong
 * body.
 */
export const isMalformed = (body: ValidatedBody): boolean =>
  'faults' in body && body.faults.some((fault) => fault.message === 'malformed_json');

import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { type Fault, faultValue, identifierFaults, type JsonSchema } from '@earshot/contracts';
import { parseInstant } from './instants.ts';

/** What is wrong with a body; empty when nothing is. */
export type BodyValidator = (body: unknown) => readonly Fault[];

/** Faults shown; a body of 16 KiB can have thousands. */
const FAULTS_MAX = 50;

/** The stable word of a rule that was broken; rules that may break in several ways say which by the value. */
const WORDS: Readonly<Record<string, string>> = {
  required: 'required',
  additionalProperties: 'unknown',
  minimum: 'out_of_range',
  maximum: 'out_of_range',
  maxItems: 'too_many',
};

/** Own members only: a body is data, whatever its members are called. */
const memberOf = (body: unknown, key: string): unknown =>
  typeof body === 'object' && body !== null ? Object.getOwnPropertyDescriptor(body, key)?.value : undefined;

const firstType = (type: unknown): string => (Array.isArray(type) ? String(type[0]) : String(type).split(',')[0]) ?? '';

const wordsOf = ({ keyword, params }: ErrorObject, value: unknown): readonly string[] => {
  if (keyword === 'type') return [`must_be_${firstType(params['type'])}`];
  if (keyword !== 'format') return [WORDS[keyword] ?? 'invalid'];
  if (params['format'] === 'instant') return ['must_be_instant'];
  const faults = identifierFaults(value);
  return faults.length > 0 ? faults : ['invalid'];
};

/** Where the value is that broke the rule: the member of the body, and within a list the element. */
const locate = (error: ErrorObject, body: unknown): { readonly key: string; readonly value: unknown } => {
  const named: unknown = error.params['missingProperty'] ?? error.params['additionalProperty'];
  if (typeof named === 'string') return { key: named, value: memberOf(body, named) };
  const [key, index] = error.instancePath.split('/').slice(1);
  if (key === undefined) return { key: 'body', value: body };
  const member = memberOf(body, key);
  return { key, value: index === undefined ? member : memberOf(member, index) };
};

const faultsOf = (error: ErrorObject, body: unknown): readonly Fault[] => {
  const { key, value } = locate(error, body);
  return wordsOf(error, value).map((message) => ({ key, message, value: faultValue(value) }));
};

const createAjv = (): Ajv =>
  new Ajv({
    allErrors: true,
    formats: {
      identifier: (text: string) => identifierFaults(text).length === 0,
      'identifier-or-empty': (text: string) => text === '' || identifierFaults(text).length === 0,
      instant: (text: string) => parseInstant(text) !== null,
    },
  });

/** Validators of the given schemas, compiled once. */
export const createValidators = <K extends string>(
  schemas: Readonly<Record<K, JsonSchema>>,
): Readonly<Record<K, BodyValidator>> => {
  const ajv = createAjv();
  const validatorOf = (schema: JsonSchema): BodyValidator => {
    const validate: ValidateFunction = ajv.compile(schema);
    return (body) =>
      validate(body) ? [] : (validate.errors ?? []).flatMap((error) => faultsOf(error, body)).slice(0, FAULTS_MAX);
  };
  return parseValidators(
    Object.fromEntries(Object.entries<JsonSchema>(schemas).map(([name, schema]) => [name, validatorOf(schema)])),
  );
};

const parseValidators = <K extends string>(
  validators: Readonly<Record<string, BodyValidator>>,
): Readonly<Record<K, BodyValidator>> => validators as Readonly<Record<K, BodyValidator>>;

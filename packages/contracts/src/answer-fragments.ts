import type { JsonSchema } from './schemas.ts';

/**
 * What schemas of answers are made of. Draft 2020-12. Objects stay open: members may be added, those described stay, so
 * all of them are required.
 */

export const TEXT: JsonSchema = { type: 'string' };
export const COUNT: JsonSchema = { type: 'integer', minimum: 0 };
export const SECONDS: JsonSchema = { type: 'number', minimum: 0 };
export const FLAG: JsonSchema = { type: 'boolean' };

/** As `toIso` writes it. The pattern holds where a reader does not check formats. */
export const INSTANT: JsonSchema = {
  type: 'string',
  format: 'date-time',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$',
};

/** An id or a name that people chose. What else is refused in it no pattern says in every dialect. */
export const IDENTIFIER: JsonSchema = { type: 'string', minLength: 1, maxLength: 255 };

export const choiceOf = (...values: readonly string[]): JsonSchema => ({ type: 'string', enum: values });

/** One of the choices, or null. */
export const choiceOrNull = (...values: readonly string[]): JsonSchema => ({
  type: ['string', 'null'],
  enum: [...values, null],
});

/** A number or text that may be absent: null says that it is. */
export const orNull = (schema: JsonSchema): JsonSchema => ({ ...schema, type: [schema['type'], 'null'] });

/** As `orNull`, for a schema that is referred to by its name. */
export const namedOrNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });

export const listOf = (items: JsonSchema): JsonSchema => ({ type: 'array', items });

/** The same with a word on what it means. */
export const described = (schema: JsonSchema, description: string): JsonSchema => ({ ...schema, description });

/** An object that has at least these members. */
export const objectOf = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
});

/** `{"code","message","data"}`, what every answer but the beat's is. */
export const envelopeOf = (code: number, message: string, data: JsonSchema): JsonSchema =>
  objectOf({ code: { const: code }, message: { const: message }, data });

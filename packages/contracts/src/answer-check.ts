import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Part } from './named-parts.ts';
import type { OpenApiDocument } from './open-api.ts';

/** An answer as it came over the wire. */
export interface GivenAnswer {
  readonly method: string;
  /** As the document has it, `/api/systems/{system_id}`; the bare path where it has none. */
  readonly path: string;
  readonly status: number;
  /** Null where there is none. Names in any case. */
  readonly header: (name: string) => string | null;
  readonly text: string;
}

/** What is wrong with an answer, one sentence each; empty when the document describes it. */
export type AnswerCheck = (answer: GivenAnswer) => readonly string[];

const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null;

const memberOf = (part: unknown, name: string): unknown => (isPart(part) ? part[name] : undefined);

const unescape = (segment: string): string => segment.replaceAll('~1', '/').replaceAll('~0', '~');

/** The part itself, or the one it refers to. */
const resolve = (document: OpenApiDocument, part: unknown): unknown => {
  const place = memberOf(part, '$ref');
  if (typeof place !== 'string') return part;
  return place.slice('#/'.length).split('/').map(unescape).reduce<unknown>(memberOf, document);
};

/** An unknown path is a 404, an unknown method a 405, wherever they are. HEAD is as GET. */
const responseOf = (document: OpenApiDocument, { method, path, status }: GivenAnswer): unknown => {
  const { responses } = document.components;
  const methods = document.paths[path];
  if (methods === undefined) return status === 404 ? responses?.['NotFound'] : undefined;
  const operation = methods[method === 'HEAD' ? 'get' : method.toLowerCase()];
  if (operation === undefined) return status === 405 ? responses?.['MethodNotAllowed'] : undefined;
  return resolve(document, memberOf(memberOf(operation, 'responses'), String(status)));
};

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

type Validate = (schema: unknown, value: unknown) => readonly string[];

/** Validates by schemas of the document; each is compiled once, when it is first needed. */
const createValidate = (document: OpenApiDocument): Validate => {
  const ajv = new Ajv2020({
    strict: true,
    allErrors: true,
    formats: { 'date-time': (text: string) => INSTANT.test(text) && !Number.isNaN(Date.parse(text)) },
  });
  ajv.addKeyword('components');
  const { schemas } = document.components;
  const compiled = new Map<unknown, ValidateFunction>();
  const validatorOf = (schema: unknown): ValidateFunction => {
    const known = compiled.get(schema);
    if (known !== undefined) return known;
    const made = ajv.compile({ allOf: [schema], components: { schemas } });
    compiled.set(schema, made);
    return made;
  };
  return (schema, value) => {
    const validate = validatorOf(schema);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`.trim());
  };
};

const headerFaults = (
  validate: Validate,
  { header }: GivenAnswer,
  headers: readonly (readonly [string, unknown])[],
): readonly string[] =>
  headers.flatMap(([name, described]) => {
    const value = header(name);
    if (value === null) return memberOf(described, 'required') === true ? [`${name} is missing`] : [];
    return validate(memberOf(described, 'schema'), value).map((fault) => `${name} ${fault}`);
  });

const parseJson = (text: string): { readonly value: unknown } | null => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
};

const bodyFaults = (validate: Validate, { method, header, text }: GivenAnswer, content: unknown): readonly string[] => {
  const type = (header('content-type') ?? '').split(';')[0] ?? '';
  const described = memberOf(content, type);
  if (described === undefined) return [`Content-Type ${type} is not described`];
  if (method === 'HEAD') return text === '' ? [] : ['there is a body'];
  if (type !== 'application/json') return [];
  const parsed = parseJson(text);
  return parsed === null ? ['the body is not JSON'] : validate(memberOf(described, 'schema'), parsed.value);
};

/**
 * Holds answers against a description: status, headers, content type and body. An answer of a call or a status that is
 * not described is wrong. Throws where a schema of the document cannot be compiled.
 */
export const createAnswerCheck = (document: OpenApiDocument): AnswerCheck => {
  const validate = createValidate(document);
  return (answer) => {
    const response = responseOf(document, answer);
    if (!isPart(response)) return [`${answer.method} ${answer.path} ${answer.status} is not described`];
    const headers = Object.entries(isPart(response['headers']) ? response['headers'] : {}).map(
      ([name, header]) => [name, resolve(document, header)] as const,
    );
    return [...headerFaults(validate, answer, headers), ...bodyFaults(validate, answer, response['content'])];
  };
};

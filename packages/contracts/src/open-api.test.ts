import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { createAnswerCheck } from './answer-check.ts';
import { type ErrorStatus, errorEnvelope } from './envelope.ts';
import { openApiDocument } from './open-api.ts';
import { danglingReferencesIn, referencesIn } from './testing/references.ts';

interface Response {
  readonly $ref?: string;
  readonly content: Readonly<
    Record<string, { readonly examples?: Readonly<Record<string, { readonly value: unknown }>> }>
  >;
  readonly headers?: Readonly<Record<string, unknown>>;
}
interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly security: readonly object[];
  readonly parameters?: readonly { readonly $ref: string }[];
  readonly responses: Readonly<Record<string, Response>>;
}

const document = openApiDocument({ version: '1.2.3' });
const { paths, components } = document;
const check = createAnswerCheck(document);
const operations = Object.entries(paths).flatMap(([path, members]) =>
  Object.entries(members as Readonly<Record<string, Operation>>)
    .filter(([method]) => method !== 'servers')
    .map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);
const resolved = <T extends object>(kind: string, part: T & { readonly $ref?: string }): T =>
  part.$ref === undefined ? part : (components[kind]?.[part.$ref.split('/').at(-1) ?? ''] as T);

/** Every example of every response, with what it is an example of. */
const examples = operations.flatMap(({ path, method, operation }) =>
  Object.entries(operation.responses).flatMap(([status, given]) => {
    const response = resolved('responses', given);
    return Object.values(response.content['application/json']?.examples ?? {}).map(({ value }) => ({
      path,
      method,
      status: Number(status),
      value,
    }));
  }),
);

describe('the OpenAPI document', () => {
  it('is plain data of the version it is asked for, the same each time', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(openApiDocument({ version: '1.2.3' })).toEqual(document);
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Earshot', version: '1.2.3' } });
  });

  it('has references that all lead somewhere, and no component that nothing refers to', () => {
    expect(danglingReferencesIn(document)).toEqual([]);
    const used = new Set(referencesIn(document));
    const places = ['schemas', 'responses', 'parameters', 'headers'].flatMap((kind) =>
      Object.keys(components[kind] ?? {}).map((name) => `#/components/${kind}/${name}`),
    );
    /** Answers to paths and methods that are not described. */
    const outside = ['#/components/responses/MethodNotAllowed'];
    expect(places.filter((place) => !used.has(place) && !outside.includes(place))).toEqual([]);
  });

  it('says of every path which of the two surfaces serves it', () => {
    expect(document.servers.map(({ description }) => description.split(':')[0])).toEqual(['ingest', 'engine']);
    const ofIngest = Object.entries(paths).filter(([, { servers }]) =>
      JSON.stringify(servers).includes(JSON.stringify(document.servers[0])),
    );
    expect(ofIngest.map(([path]) => path)).toEqual(['/api/systems/heartbeat']);
    for (const { servers } of Object.values(paths)) expect(document.servers).toContainEqual((servers as object[])[0]);
  });

  it('has paths that begin with a slash and name exactly the parameters they take', () => {
    for (const { path, operation } of operations) {
      expect(path).toMatch(/^\//);
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const taken = (operation.parameters ?? [])
        .map((parameter) => resolved<{ in?: string; name?: string }>('parameters', parameter))
        .filter((parameter) => parameter.in === 'path');
      expect(taken.map(({ name }) => name)).toEqual(named);
    }
  });

  it('gives every operation a name of its own, a known group, and known credentials', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const groups = document.tags.map(({ name }) => name);
    const schemes = Object.keys(components['securitySchemes'] ?? {});
    for (const { operation } of operations) {
      expect(groups).toEqual(expect.arrayContaining([...operation.tags]));
      expect(schemes).toEqual(expect.arrayContaining(operation.security.flatMap(Object.keys)));
    }
    expect(schemes).toEqual(['basic', 'bearer']);
  });

  it('has examples of both published contracts, for every status', () => {
    const of = (path: string) => new Set(examples.filter((each) => each.path === path).map(({ status }) => status));
    for (const path of ['/api/systems/heartbeat', '/api/system/heartbeat']) {
      const { operation } = operations.find((each) => each.path === path) ?? { operation: { responses: {} } };
      expect(of(path)).toEqual(new Set(Object.keys(operation.responses).map(Number)));
    }
  });

  it.each(examples)('has an example that its schema accepts: $method $path $status', (example) => {
    const text = JSON.stringify(example.value);
    const faults = check({
      ...example,
      text,
      header: (name) => (name.toLowerCase() === 'content-type' ? 'application/json' : null),
    });
    expect(faults.filter((fault) => !fault.endsWith('is missing'))).toEqual([]);
    if (text.endsWith('"data":{}}')) expect(text).toBe(errorEnvelope(example.status as ErrorStatus));
  });

  it.each(operations)(
    'has schemas of answers that compile in strict mode: $method $path',
    ({ path, method, operation }) => {
      for (const [status, given] of Object.entries(operation.responses)) {
        const [type] = Object.keys(resolved('responses', given).content);
        const faults = check({
          path,
          method,
          status: Number(status),
          text: '{}',
          header: () => type ?? '',
        });
        expect(faults).not.toContain(`${method} ${path} ${status} is not described`);
      }
    },
  );

  it('has schemas of bodies that compile in strict mode', () => {
    const ajv = new Ajv2020({ strict: true, formats: { 'date-time': true } });
    for (const { operation } of operations) {
      const { requestBody } = operation as { requestBody?: { content: Record<string, { schema: { $ref: string } }> } };
      for (const { schema } of Object.values(requestBody?.content ?? {})) {
        expect(() => ajv.compile(components['schemas']?.[schema.$ref.split('/').at(-1) ?? ''] as object)).not.toThrow();
      }
    }
  });
});

import { Ajv2020 } from 'ajv/dist/2020.js';
import { tokenKey } from '@earshot/contracts';
import { createAnswerCheck } from '@earshot/contracts/answer-check';
import { type OpenApiDocument, openApiDocument } from '@earshot/contracts/open-api';
import { createManualClock } from '@earshot/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineContext } from '../application/engine-context.ts';
import { type ReadyEngine, startReadyEngine } from '../testing/ready-engine.ts';
import { registryEntry } from '../testing/start-engine.ts';
import { apiRoutes } from './api-routes.ts';
import { sha256Of } from './authenticate.ts';
import * as bodySchemas from './body-schemas.ts';
import { type AppDependencies, openResources } from './create-app.ts';
import type { Endpoint } from './endpoint.ts';
import type { BodyValidator } from './validate-body.ts';

const document = openApiDocument({ version: '0.1.0' });

interface Described {
  readonly parameters?: readonly { readonly $ref: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: { readonly $ref: string } }>> };
}

/** Paths differ in nothing but how their parameters are written and called. */
const shapeOf = (path: string): string => path.replaceAll(/\{\w+\}|:\w+/g, '*');

const isServedByEngine = (members: OpenApiDocument['paths'][string]): boolean =>
  JSON.stringify(members['servers']) === JSON.stringify(document.servers.slice(1));

const described: ReadonlyMap<string, Described> = new Map(
  Object.entries(document.paths)
    .filter(([, members]) => isServedByEngine(members))
    .flatMap(([path, members]) =>
      Object.entries(members)
        .filter(([name]) => name !== 'servers')
        .map(([method, operation]) => [`${method.toUpperCase()} ${shapeOf(path)}`, operation as Described] as const),
    ),
);

// Routes are made without asking anybody for anything.
const routes = apiRoutes({} as EngineContext);
const endpoints: readonly (readonly [string, Endpoint])[] = routes.flatMap(({ path, methods }) =>
  Object.entries(methods).map(([method, endpoint]) => [`${method} ${shapeOf(path)}`, endpoint] as const),
);
const open = [...openResources({} as AppDependencies).keys()].map((path) => `GET ${path}`);

interface Schema {
  readonly type: unknown;
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}
const bodySchemaOf = ({ requestBody }: Described): Schema | null => {
  const place = requestBody?.content['application/json']?.schema.$ref ?? '';
  return (document.components['schemas']?.[place.split('/').at(-1) ?? ''] ?? null) as Schema | null;
};
const queryOf = ({ parameters = [] }: Described): readonly string[] =>
  parameters
    .map(
      ({ $ref }) => document.components['parameters']?.[$ref.split('/').at(-1) ?? ''] as { in: string; name: string },
    )
    .filter((parameter) => parameter.in === 'query')
    .map(({ name }) => name);

describe('the OpenAPI document describes', () => {
  it('every route there is, and no other', () => {
    expect([...described.keys()].toSorted()).toEqual([...endpoints.map(([call]) => call), ...open].toSorted());
  });

  it.each(endpoints)('the parameters that %s takes', (call, endpoint) => {
    expect(new Set(queryOf(described.get(call) ?? {}))).toEqual(new Set(endpoint.query));
  });

  it.each(endpoints)('whether %s takes a body', (call, endpoint) => {
    expect(bodySchemaOf(described.get(call) ?? {}) !== null).toBe(endpoint.body !== null);
  });
});

/** Values around every bound. */
const TEXTS = ['', 'a', 'a:b', 'x'.repeat(255), 'x'.repeat(256), '2026-03-01T10:00:00Z'];
const NUMBERS = [-1, 0, 1, 1.5, 4, 5, 14, 15, 604_800, 604_801, 2_592_000, 2_592_001, 100_000_000];
const LISTS = [[], ['a:b'], [1], Array<string>(32).fill('a:b'), Array<string>(33).fill('a:b')];
const VALUES: readonly unknown[] = [null, true, {}, ...TEXTS, ...NUMBERS, ...LISTS];

const withBodies = endpoints.flatMap(([call, { body }]): readonly (readonly [string, BodyValidator, Schema])[] => {
  const schema = bodySchemaOf(described.get(call) ?? {});
  return body === null || schema === null ? [] : [[call, body, schema]];
});
/** Of all bodies, as described and as taken. */
const members = new Set(
  [...withBodies.map(([, , schema]) => schema), ...Object.values(bodySchemas)].flatMap((schema) =>
    Object.keys((schema as { readonly properties: object }).properties),
  ),
);

describe('the described body', () => {
  const ajv = new Ajv2020({ strict: true, formats: { 'date-time': (text: string) => text.includes('T') } });

  it.each(withBodies)(
    'of %s has exactly the members that are taken',
    (_call, validate, { properties, required = [] }) => {
      const isKnown = (member: string): boolean =>
        !validate({ [member]: null }).some(({ key, message }) => key === member && message === 'unknown');
      expect(new Set(Object.keys(properties))).toEqual(new Set([...members].filter(isKnown)));
      const missing = validate({}).filter(({ message }) => message === 'required');
      expect(missing.map(({ key }) => key)).toEqual(required);
    },
  );

  it.each(withBodies)('of %s accepts exactly the values that are accepted', (call, validate, { properties }) => {
    for (const [member, schema] of Object.entries(properties)) {
      for (const value of VALUES) {
        const taken = !validate({ [member]: value }).some(({ key }) => key === member);
        expect(ajv.validate(schema, value), `${call} ${member} ${JSON.stringify(value)}`).toBe(taken);
      }
    }
  });
});

const VIEWER = 'viewer-token-0123456789-0123456789';
const viewer = registryEntry(tokenKey(sha256Of(VIEWER)), { type: 'token', id: 't1', role: 'viewer', name: 'wall' });

describe('GET /openapi.json', () => {
  let engine: ReadyEngine;
  beforeAll(async () => {
    engine = await startReadyEngine(createManualClock(), { records: [viewer] });
  });
  afterAll(() => engine.stop());

  it('answers the document of the version that runs to everybody, to be asked for each time', async () => {
    const { status, headers, text } = await engine.send('/openapi.json', { token: null });
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(headers['cache-control']).toBe('no-cache');
    expect(JSON.parse(text)).toEqual(document);
  });

  it('answers HEAD without a body, and other methods with 405', async () => {
    const head = await engine.send('/openapi.json', { token: null, method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    const post = await engine.send('/openapi.json', { token: null, method: 'POST' });
    expect([post.status, post.headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect(post.text).toBe('{"code":405,"message":"method not allowed","data":{}}');
  });

  it.each(endpoints.map(([call]) => call).filter((call) => !call.startsWith('GET ')))(
    'says what a viewer is answered who wants to %s',
    async (call) => {
      const [method = '', shape = ''] = call.split(' ');
      const answered = await engine.send(shape.replaceAll('*', 'x'), {
        method,
        token: null,
        headers: { Authorization: `Bearer ${VIEWER}` },
      });
      const path = Object.keys(document.paths).find((each) => shapeOf(each) === shape) ?? '';
      const header = (name: string): string | null => {
        const value = answered.headers[name.toLowerCase()];
        return typeof value === 'string' ? value : null;
      };
      expect(answered.status).toBe(403);
      expect(createAnswerCheck(document)({ method, path, header, ...answered })).toEqual([]);
    },
  );
});

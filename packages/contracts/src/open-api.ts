import { ANSWER_SCHEMAS } from './answer-schemas.ts';
import { BEAT_PATHS, INGEST_PATHS } from './open-api/contract-paths.ts';
import { FLEET_PATHS } from './open-api/fleet-paths.ts';
import { HISTORY_PATHS } from './open-api/history-paths.ts';
import type { Paths } from './open-api/operation.ts';
import { OPERATIONS_PATHS } from './open-api/operations-paths.ts';
import { PARAMETERS } from './open-api/parameters.ts';
import { type NamedParts, type Part, placesOf, referWithinEach } from './named-parts.ts';
import { REQUEST_SCHEMAS } from './open-api/request-bodies.ts';
import { ERROR_RESPONSES, HEADERS } from './open-api/responses.ts';
import { SYSTEM_PATHS } from './open-api/system-paths.ts';

/** OpenAPI 3.1, as plain JSON. */
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: Part;
  readonly servers: readonly ServerObject[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** By path, then by method; `servers` of a path says which surface serves it. */
  readonly paths: Readonly<Record<string, Part>>;
  readonly components: Readonly<Record<string, Part>>;
}

interface ServerObject {
  readonly url: string;
  readonly description: string;
  readonly variables: Readonly<Record<string, { readonly default: string; readonly description: string }>>;
}

const serverAt = (port: string, description: string): ServerObject => ({
  url: '{scheme}://{host}:{port}',
  description,
  variables: {
    scheme: { default: 'http', description: 'https where a certificate is set.' },
    host: { default: '127.0.0.1', description: 'Where it listens.' },
    port: { default: port, description: 'Its port.' },
  },
});

const INGEST: ServerObject = serverAt('7410', 'ingest: what systems send to');
const ENGINE: ServerObject = serverAt('7411', 'engine: what operators and machines ask');

const TAGS = [
  { name: 'heartbeats', description: 'What systems send.' },
  { name: 'systems', description: 'What is watched.' },
  { name: 'fleets', description: 'Systems that share defaults and a secret.' },
  { name: 'credentials', description: 'Secrets that systems send with.' },
  { name: 'history', description: 'How things stand, and how they came to be so.' },
  { name: 'operations', description: 'For those who run Earshot.' },
];

const DESCRIPTION = `A system is reported offline only if it stayed silent while we were provably listening.

Two surfaces: the ingest takes heartbeats, the engine answers operators and machines. Every path says which serves it.
Answers are \`{"code","message","data"}\`, but for the beat. Members may be added to objects, those described stay.
GET includes HEAD. An unknown path is answered with the response NotFound, another method with MethodNotAllowed; what is
no proper HTTP request with Timeout, UnknownExpectation, HeadersTooLarge or a bare 400, on both surfaces.`;

const SECURITY_SCHEMES = {
  basic: {
    type: 'http',
    scheme: 'basic',
    description:
      'A system’s id with a secret of its own, or a fleet’s name with the fleet’s. The pair is split at its last colon.',
  },
  bearer: { type: 'http', scheme: 'bearer', description: 'A token of an operator, or of a viewer for reading.' },
};

const NAMED = {
  schemas: { ...ANSWER_SCHEMAS, ...REQUEST_SCHEMAS },
  responses: ERROR_RESPONSES,
  parameters: PARAMETERS,
  headers: HEADERS,
};

const servedBy = (server: ServerObject, paths: Paths, named: NamedParts): OpenApiDocument['paths'] =>
  Object.fromEntries(
    Object.entries(paths).map(([path, methods]) => [path, { servers: [server], ...referWithinEach(methods, named) }]),
  );

/** Describes both HTTP surfaces. */
export const openApiDocument = ({ version }: { readonly version: string }): OpenApiDocument => {
  const named = placesOf(NAMED);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Earshot',
      summary: 'The heartbeat platform that never mistakes its own deafness for a system’s death.',
      description: DESCRIPTION,
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [INGEST, ENGINE],
    tags: TAGS,
    paths: {
      ...servedBy(INGEST, INGEST_PATHS, named),
      ...servedBy(
        ENGINE,
        { ...HISTORY_PATHS, ...SYSTEM_PATHS, ...FLEET_PATHS, ...BEAT_PATHS, ...OPERATIONS_PATHS },
        named,
      ),
    },
    components: {
      ...Object.fromEntries(Object.entries(NAMED).map(([kind, parts]) => [kind, referWithinEach(parts, named)])),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
};

import { type ErrorStatus, errorEnvelope, STATUS_MESSAGES } from '../envelope.ts';
import { errorSchemaOf, INVALID_SCHEMA } from '../heartbeat-answers.ts';
import type { JsonSchema } from '../schemas.ts';

/** A Response Object. */
export interface ResponseObject {
  readonly description: string;
  readonly headers?: Readonly<Record<string, HeaderObject>>;
  readonly content: Readonly<Record<string, MediaType>>;
}
/** A Header Object. */
export interface HeaderObject {
  readonly description: string;
  readonly required: boolean;
  readonly schema: JsonSchema;
}
interface MediaType {
  readonly schema: JsonSchema;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
/** By status. */
export type Responses = Readonly<Record<number, ResponseObject>>;

const header = (description: string, schema: JsonSchema): HeaderObject => ({ description, required: true, schema });

export const NO_STORE: HeaderObject = header('What is said is true for a moment only.', { const: 'no-store' });
export const NO_CACHE: HeaderObject = header('Ask again each time.', { const: 'no-cache' });
const RETRY_AFTER: HeaderObject = header(
  'Whole seconds, uniform, so that those turned away together do not come back together.',
  { type: 'string', pattern: '^([2-9]|1\\d|20)$' },
);
export const LOCATION: HeaderObject = header('Path of what was created.', { type: 'string', pattern: '^/' });
const REVISION: JsonSchema = { type: 'string', pattern: '^"\\d+"$' };
export const ETAG: HeaderObject = header('The entry’s revision, to be sent back as If-Match.', REVISION);
/** A system that registered itself a moment ago has no entry, and so no revision. */
export const ETAG_IF_ENTERED: HeaderObject = { ...ETAG, required: false };
const ALLOW: HeaderObject = header('Methods of the path.', { type: 'string' });
const BASIC: HeaderObject = header('How to authenticate.', { const: 'Basic realm="earshot", charset="UTF-8"' });
const BEARER: HeaderObject = header('How to authenticate.', { const: 'Bearer realm="earshot"' });
const METRICS_BEARER: HeaderObject = header('How to authenticate.', { const: 'Bearer realm="earshot metrics"' });

/** Headers by the name under which the document has them. */
export const HEADERS: Readonly<Record<string, HeaderObject>> = {
  NoStore: NO_STORE,
  NoCache: NO_CACHE,
  RetryAfter: RETRY_AFTER,
  Location: LOCATION,
  ETag: ETAG,
  ETagIfEntered: ETAG_IF_ENTERED,
  Allow: ALLOW,
};

type Headers = NonNullable<ResponseObject['headers']>;

export const jsonResponse = (description: string, schema: JsonSchema, headers: Headers = {}): ResponseObject => ({
  description,
  ...(Object.keys(headers).length === 0 ? {} : { headers }),
  content: { 'application/json': { schema } },
});

/** The same, with examples by name. */
export const withExamples = (
  response: ResponseObject,
  examples: Readonly<Record<string, unknown>>,
): ResponseObject => ({
  ...response,
  content: Object.fromEntries(
    Object.entries(response.content).map(([type, content]) => [
      type,
      {
        ...content,
        examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])),
      },
    ]),
  ),
});

const error = (status: ErrorStatus, description: string, headers: Headers = {}): ResponseObject =>
  withExamples(jsonResponse(description, errorSchemaOf(status), headers), {
    [STATUS_MESSAGES[status].replaceAll(' ', '-')]: JSON.parse(errorEnvelope(status)) as unknown,
  });

type ErrorName =
  | 'Invalid'
  | 'WrongCredential'
  | 'NoToken'
  | 'NoMetricsToken'
  | 'NotCovered'
  | 'NotAllowed'
  | 'NotFound'
  | 'MethodNotAllowed'
  | 'Timeout'
  | 'AlreadyExists'
  | 'ChangedMeanwhile'
  | 'TooLarge'
  | 'WrongType'
  | 'UnknownExpectation'
  | 'Limited'
  | 'HeadersTooLarge'
  | 'Failed'
  | 'NotNow'
  | 'NotChangedNow';

/** Errors that calls share, by the name under which the document has them. */
export const ERROR_RESPONSES: Readonly<Record<ErrorName, ResponseObject>> = {
  Invalid: jsonResponse('The query or the body is at fault, one entry per fault; or the path is malformed.', {
    oneOf: [INVALID_SCHEMA, errorSchemaOf(400)],
  }),
  WrongCredential: error(401, 'No, malformed or wrong credential. The body was not read.', {
    'WWW-Authenticate': BASIC,
  }),
  NoToken: error(401, 'No token, or a wrong one.', { 'WWW-Authenticate': BEARER }),
  NoMetricsToken: error(401, 'The metrics have a token of their own.', { 'WWW-Authenticate': METRICS_BEARER }),
  NotCovered: error(
    403,
    'The credential does not cover this system, it is retired, or its fleet is full or closed to unknown systems.',
  ),
  NotAllowed: error(403, 'A viewer wants to change something.'),
  NotFound: error(404, 'There is none.'),
  MethodNotAllowed: error(405, 'The path has other methods.', { Allow: ALLOW }),
  Timeout: error(408, 'The request did not arrive in time.'),
  AlreadyExists: error(409, 'It exists, or another owner has this username.'),
  ChangedMeanwhile: error(412, 'If-Match does not fit.'),
  TooLarge: error(413, 'The body is over 16,384 bytes.'),
  WrongType: error(415, 'The body is not JSON in UTF-8.'),
  UnknownExpectation: error(417, 'An expectation other than 100-continue.'),
  Limited: error(429, 'One system sends too often, or one credential is above its fair share.', {
    'Retry-After': RETRY_AFTER,
  }),
  HeadersTooLarge: error(431, 'Request line and headers are over 16,384 bytes.'),
  Failed: error(500, 'Our own fault.'),
  NotNow: error(503, 'It cannot be decided or recorded now.', { 'Retry-After': RETRY_AFTER }),
  NotChangedNow: error(
    503,
    'Not the registry’s writer, or the log does not take the change. It may have been made in part: repeat it.',
    { 'Retry-After': RETRY_AFTER },
  ),
};

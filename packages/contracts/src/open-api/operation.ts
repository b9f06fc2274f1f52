import { type ParameterObject, PARAMETERS } from './parameters.ts';
import type { RequestBody } from './request-bodies.ts';
import { ERROR_RESPONSES, type ResponseObject, type Responses } from './responses.ts';

/** An Operation Object. */
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: RequestBody;
  readonly responses: Responses;
}
type Method = 'get' | 'post' | 'patch' | 'delete';

/** Operations by path, then by method. */
export type Paths = Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>;

/** What a call of the engine says of itself; the errors that all calls of its kind share are added. */
interface CallSpec {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly ParameterObject[];
  readonly body?: RequestBody;
  readonly answer: ResponseObject;
  /** Errors of its own. */
  readonly errors?: Responses;
}

const BEARER = [{ bearer: [] }] as const;
const { NotFound, ChangedMeanwhile } = ERROR_RESPONSES;

const call = (spec: CallSpec & { readonly tag: string }, responses: Responses): Operation => ({
  operationId: spec.operationId,
  summary: spec.summary,
  ...(spec.description === undefined ? {} : { description: spec.description }),
  tags: [spec.tag],
  security: BEARER,
  ...(spec.parameters === undefined ? {} : { parameters: spec.parameters }),
  ...(spec.body === undefined ? {} : { requestBody: spec.body }),
  responses: {
    ...responses,
    400: ERROR_RESPONSES.Invalid,
    401: ERROR_RESPONSES.NoToken,
    500: ERROR_RESPONSES.Failed,
    ...spec.errors,
  },
});

export interface Calls {
  /** For operators and viewers. */
  readonly query: (spec: CallSpec) => Operation;
  /** For operators; 201, of something new. */
  readonly creation: (spec: CallSpec) => Operation;
  /** For operators; of something that exists, whose revision it can insist on. */
  readonly change: (spec: CallSpec) => Operation;
  /** For operators; 201, of something new that belongs to something that exists. */
  readonly addition: (spec: CallSpec) => Operation;
}

/** Makes the operations of one group. */
export const callsOf = (tag: string): Calls => {
  const changing = (spec: CallSpec, responses: Responses): Operation =>
    call(
      { ...spec, tag },
      {
        ...responses,
        403: ERROR_RESPONSES.NotAllowed,
        503: ERROR_RESPONSES.NotChangedNow,
        ...(spec.body === undefined ? {} : { 413: ERROR_RESPONSES.TooLarge, 415: ERROR_RESPONSES.WrongType }),
      },
    );
  const conditional = (spec: CallSpec): CallSpec => ({
    ...spec,
    parameters: [...(spec.parameters ?? []), PARAMETERS.IfMatch],
    errors: { 404: NotFound, 412: ChangedMeanwhile, ...spec.errors },
  });
  return {
    query: (spec) => call({ ...spec, tag }, { 200: spec.answer }),
    creation: (spec) => changing(spec, { 201: spec.answer, 409: ERROR_RESPONSES.AlreadyExists }),
    change: (spec) => changing(conditional(spec), { 200: spec.answer }),
    addition: (spec) => changing(conditional(spec), { 201: spec.answer, 409: ERROR_RESPONSES.AlreadyExists }),
  };
};

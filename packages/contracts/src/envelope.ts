/**
 * The answer envelope of both HTTP surfaces. The messages are published words: clients match on them.
 */
export const STATUS_MESSAGES = {
  400: 'bad request',
  401: 'invalid token',
  403: 'insufficient permissions',
  404: 'not found',
  405: 'method not allowed',
  406: 'not acceptable',
  408: 'request timeout',
  409: 'already exists',
  412: 'changed meanwhile',
  413: 'payload too large',
  414: 'uri too long',
  415: 'unsupported media type',
  417: 'expectation failed',
  428: 'precondition required',
  429: 'rate limited',
  431: 'request header fields too large',
  500: 'internal server error',
  503: 'service unavailable',
} as const;
export type ErrorStatus = keyof typeof STATUS_MESSAGES;

/** A fault of one member of a body or of one parameter. `message` is a stable word. */
export interface Fault {
  readonly key: string;
  readonly message: string;
  /** What was sent, always as a string, cut at FAULT_VALUE_LENGTH_MAX; empty when missing. */
  readonly value: string;
}

const FAULT_VALUE_LENGTH_MAX = 256;

/** What was sent, as the string a fault shows. */
export const faultValue = (value: unknown): string => {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.slice(0, FAULT_VALUE_LENGTH_MAX);
};

/** An error without details, `{"code":404,"message":"not found","data":{}}`. */
export const errorEnvelope = (status: ErrorStatus): string =>
  JSON.stringify({ code: status, message: STATUS_MESSAGES[status], data: {} });

/** 400 with one entry per fault. */
export const validationEnvelope = (errors: readonly Fault[]): string =>
  JSON.stringify({ code: 400, message: 'validation failed', data: { type: 'validation_error', errors } });

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';

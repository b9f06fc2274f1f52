import type { ServerResponse } from 'node:http';
import { errorEnvelope, type ErrorStatus, JSON_CONTENT_TYPE } from '@earshot/contracts';

/** Names and values in turn, as `writeHead` takes them fastest. */
export type RawHeaders = readonly string[];

/** Answers with a body that is already text, in one write. */
export const answerText = (
  response: ServerResponse,
  status: number,
  content: { readonly type: string; readonly body: string; readonly headers?: RawHeaders },
): void => {
  response.writeHead(status, [
    'Content-Type',
    content.type,
    'Content-Length',
    String(Buffer.byteLength(content.body)),
    ...(content.headers ?? []),
  ]);
  response.end(content.body);
};

export const answerJson = (response: ServerResponse, status: number, body: string): void =>
  answerText(response, status, { type: JSON_CONTENT_TYPE, body });

/** Answers with the error envelope without details. */
export const answerError = (response: ServerResponse, status: ErrorStatus, headers: RawHeaders = []): void =>
  answerText(response, status, { type: JSON_CONTENT_TYPE, body: errorEnvelope(status), headers });

const RETRY_AFTER_SECONDS_MIN = 2;
const RETRY_AFTER_SECONDS_MAX = 20;

/** A `Retry-After` header, uniform over 2 to 20 s, so that those turned away do not all come back at once. */
export const retryAfter = (random: () => number = Math.random): RawHeaders => {
  const span = RETRY_AFTER_SECONDS_MAX - RETRY_AFTER_SECONDS_MIN + 1;
  return ['Retry-After', String(RETRY_AFTER_SECONDS_MIN + Math.floor(random() * span))];
};

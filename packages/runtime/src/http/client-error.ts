import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorEnvelope, type ErrorStatus, JSON_CONTENT_TYPE } from '@earshot/contracts';

const STATUS_BY_CODE: Readonly<Record<string, ErrorStatus>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** A whole HTTP answer as text, for requests that never became a request. */
const rawErrorAnswer = (status: ErrorStatus): string => {
  const body = errorEnvelope(status);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `Content-Type: ${JSON_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
};

/** How long a refused client has to read its answer and close; then its descriptor is taken back. */
const LINGER_MS = 1_000;

/** Answers on the bare connection and ends it, whether the client closes its side or not. */
export const endWithAnswer = (socket: Duplex, status: ErrorStatus): void => {
  socket.on('error', () => socket.destroy());
  socket.end(rawErrorAnswer(status));
  const cut = setTimeout(() => socket.destroy(), LINGER_MS).unref();
  socket.once('close', () => clearTimeout(cut));
};

/** A connection on which Node is in the middle of an answer, or has just given one. */
interface AnsweringSocket extends Duplex {
  readonly _httpMessage?: { readonly headersSent: boolean } | null;
}

/**
 * Answers what the parser refused with our own envelope instead of Node's empty body, and closes. Nothing is added behind an
 * answer that has begun: a client would take it for part of that.
 */
export const answerClientError = (error: Error & { code?: string }, socket: AnsweringSocket): void => {
  const hasBegun = socket._httpMessage?.headersSent === true;
  if (!socket.writable || hasBegun || error.code === 'ECONNRESET') socket.destroy();
  else endWithAnswer(socket, STATUS_BY_CODE[error.code ?? ''] ?? 400);
};

import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { errorEnvelope, type ErrorStatus, JSON_CONTENT_TYPE } from '@earshot/contracts';

const STATUS_BY_CODE: Readonly<Record<string, ErrorStatus>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** A whole HTTP answer as text, for requests that never became a request. */
export const rawErrorAnswer = (status: ErrorStatus, headers: readonly string[] = []): string => {
  const body = errorEnvelope(status);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `Content-Type: ${JSON_CONTENT_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
};

/** Answers what the parser refused with our own envelope instead of Node's empty body, and closes. */
export const answerClientError = (error: Error & { code?: string }, socket: Duplex): void => {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  socket.end(rawErrorAnswer(STATUS_BY_CODE[error.code ?? ''] ?? 400));
};

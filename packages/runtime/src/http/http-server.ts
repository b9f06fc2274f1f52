import { readFileSync } from 'node:fs';
import { createServer as createHttpServerOf, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttpsServerOf } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { DurationMs } from '@earshot/contracts';
import { answerError } from './answer.ts';
import { answerClientError, endWithAnswer } from './client-error.ts';

/** Bytes of a request's line and headers; above it 431. Ids may be 255 four-byte characters, percent-encoded three times that. */
const HEADER_BYTES_MAX = 16_384;
/** From the first byte to the end of the headers; above it 408. */
const HEADERS_DEADLINE_MS = 10_000;
/** From the first byte to the end of the body; above it 408. */
const REQUEST_DEADLINE_MS = 30_000;
/** How often the two deadlines are looked at. */
const DEADLINE_CHECK_MS = 1_000;
/** Longer than the idle time of the usual balancers (60 s), so that it is never us who close under a request of theirs. */
const KEEP_ALIVE_MS = 65_000;
/** How often a closing server looks for connections that have become idle. */
const CLOSING_CHECK_MS = 20;

export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface HttpServerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly listener: RequestListener;
  readonly tls?: TlsFiles | null;
  /** Told when a connection could not be accepted. */
  readonly onAcceptError?: (error: Error) => void;
  /** Further options of `node:http`. */
  readonly serverOptions?: ServerOptions;
}

export interface HttpServer {
  /** Resolves when the socket listens; rejects with the system's error (EADDRINUSE, EACCES). */
  listen(): Promise<void>;
  /** Where it listens; null when it does not. */
  address(): AddressInfo | null;
  /** `http://127.0.0.1:7410`; empty when it does not listen. A wildcard address is shown as the loopback of its family. */
  url(): string;
  /**
   * Takes no new connections, lets requests under way end for as long as given, then cuts what is left. Twice is fine.
   */
  close(graceMs: DurationMs): Promise<void>;
}

const createServer = (options: HttpServerOptions): Server => {
  const serverOptions: ServerOptions = {
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: HEADERS_DEADLINE_MS,
    requestTimeout: REQUEST_DEADLINE_MS,
    connectionsCheckingInterval: DEADLINE_CHECK_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requireHostHeader: false,
    ...options.serverOptions,
  };
  const tls = options.tls ?? null;
  return tls === null
    ? createHttpServerOf(serverOptions, options.listener)
    : createHttpsServerOf({ ...serverOptions, ...tls }, options.listener);
};

/** The address others can reach a bound address by: the loopback of its family where it is a wildcard. */
export const reachableHost = (address: string): string => {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
};

/** An HTTP server with bounds on everything a client can send, whose every answer has our envelope. */
export const createHttpServer = (options: HttpServerOptions): HttpServer => {
  const server = createServer(options);
  server.on('clientError', answerClientError);
  server.on('checkExpectation', (_request, response) => answerError(response, 417, ['Connection', 'close']));
  server.on('connect', (_request, socket) => endWithAnswer(socket, 405));
  // After listening: accepting failed, for want of descriptors for example. The knocks tell; the next accept may work.
  server.on('error', options.onAcceptError ?? (() => undefined));
  let closing: Promise<void> | undefined;

  const address = (): AddressInfo | null => {
    const bound = server.address();
    return typeof bound === 'object' ? bound : null;
  };
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: options.host, port: options.port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  const closeOnce = (graceMs: DurationMs): Promise<void> =>
    new Promise((resolve) => {
      if (!server.listening) {
        resolve();
        return;
      }
      const idle = setInterval(() => server.closeIdleConnections(), CLOSING_CHECK_MS);
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      server.close(() => {
        clearInterval(idle);
        clearTimeout(cut);
        resolve();
      });
    });
  return {
    listen,
    address,
    url: () => {
      const bound = address();
      const scheme = (options.tls ?? null) === null ? 'http' : 'https';
      return bound === null ? '' : `${scheme}://${reachableHost(bound.address)}:${bound.port}`;
    },
    close: (graceMs) => (closing ??= closeOnce(graceMs)),
  };
};

/** Certificate and key from two PEM files; null where neither is given. Throws the system's error where one cannot be read. */
export const readTlsFiles = (paths: {
  readonly tlsCert: string | null;
  readonly tlsKey: string | null;
}): TlsFiles | null =>
  paths.tlsCert === null || paths.tlsKey === null
    ? null
    : { cert: readFileSync(paths.tlsCert), key: readFileSync(paths.tlsKey) };

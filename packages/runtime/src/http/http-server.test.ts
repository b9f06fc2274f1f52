import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { answerJson } from './answer.ts';
import { createHttpServer, type HttpServer, reachableHost } from './http-server.ts';

const open: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close(0)));
});
const listen = async (requestTimeout?: number): Promise<HttpServer> => {
  const serverOptions =
    requestTimeout === undefined
      ? {}
      : { requestTimeout, headersTimeout: requestTimeout, connectionsCheckingInterval: 5 };
  const server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    serverOptions,
    listener: (_request, response) => answerJson(response, 200, '{}'),
  });
  open.push(server);
  await server.listen();
  return server;
};
/** Sends bytes and gives everything that comes back until the other side closes. */
const exchange = (server: HttpServer, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(server.address()?.port ?? 0, '127.0.0.1', () => socket.write(bytes));
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      received += text;
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
const envelope = (code: number, message: string): string => JSON.stringify({ code, message, data: {} });

describe('an HTTP server', () => {
  it.each([
    ['what is no HTTP', 'rubbish\r\n\r\n', 400, 'bad request'],
    ['a header that is none', 'GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n', 400, 'bad request'],
    [
      'too many header bytes',
      `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'request header fields too large',
    ],
    [
      'an expectation it does not know',
      'GET / HTTP/1.1\r\nHost: x\r\nExpect: a-pony\r\n\r\n',
      417,
      'expectation failed',
    ],
    ['CONNECT', 'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n', 405, 'method not allowed'],
  ])('H27 answers %s with the envelope and closes', async (_what, bytes, status, message) => {
    const answer = await exchange(await listen(), bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.endsWith(envelope(status, message))).toBe(true);
  });

  it('H27 answers 408 to one who does not finish', async () => {
    const answer = await exchange(await listen(20), 'POST / HTTP/1.1\r\nHost: x\r\nContent-Le');
    expect(answer.endsWith(envelope(408, 'request timeout'))).toBe(true);
  });

  it('H27 takes a refused client’s descriptor back although it never closes', async () => {
    const server = await listen();
    const socket = connect({ port: server.address()?.port ?? 0, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('rubbish\r\n\r\n');
    await once(socket, 'end');
    // Ends by the test's deadline if nobody closes.
    await new Promise<void>((resolve) => {
      const writing = setInterval(() => socket.write('x'), 20);
      socket.once('close', () => {
        clearInterval(writing);
        resolve();
      });
    });
  });

  it('says why it cannot listen', async () => {
    const first = await listen();
    const second = createHttpServer({ host: '127.0.0.1', port: first.address()?.port ?? 0, listener: () => undefined });
    await expect(second.listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('closes at once over idle connections, and twice', async () => {
    const server = await listen();
    await fetch(server.url());
    await server.close(60_000);
    await server.close(60_000);
    expect(server.url()).toBe('');
  });

  it.each([
    ['0.0.0.0', '127.0.0.1'],
    ['::', '[::1]'],
    ['::1', '[::1]'],
    ['192.0.2.1', '192.0.2.1'],
  ])('bound to %s is reached at %s', (bound, host) => {
    expect(reachableHost(bound)).toBe(host);
  });
});

import { createFaultyLog, createManualClock, type FaultyLog, type ManualClock } from '@earshot/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { connectRaw, type RawConnection } from '../fixtures/raw-connection.ts';
import { basic, bodyOf, HEARTBEAT, requestText } from '../fixtures/requests.ts';
import { type RunningIngest, runIngest } from '../fixtures/running-ingest.ts';

const AUTHORIZATION = `Authorization: ${basic('own:secret')}`;
const JSON_TYPE = 'Content-Type: application/json';
const BODY = bodyOf('own');

/** Lines of a request's head; the empty line that ends it is added. */
const head = (...lines: readonly string[]): string => [...lines, '', ''].join('\r\n');
const envelope = (code: number, message: string): string => JSON.stringify({ code, message, data: {} });

describe.each([
  ['directly', HEARTBEAT],
  ['through the application', `${HEARTBEAT}?`],
])('H27 a heartbeat that comes %s', (_, path) => {
  let clock: ManualClock;
  let ingest: RunningIngest<FaultyLog>;
  const connection = (): Promise<RawConnection> => connectRaw(ingest.port());

  beforeAll(async () => {
    clock = createManualClock();
    ingest = await runIngest({ clock, wrap: createFaultyLog });
  });
  afterAll(() => ingest.stop());
  beforeEach(() => clock.advance(400));

  const POST = `POST ${path} HTTP/1.1`;

  it('is heard over HTTP/1.0, and the connection ends', async () => {
    const client = await connection();
    client.write(head(`POST ${path} HTTP/1.0`, AUTHORIZATION, JSON_TYPE, `Content-Length: ${BODY.length}`) + BODY);
    expect((await client.answer()).status).toBe(200);
    expect(await client.closed()).toBe('');
  });

  it('is heard over HTTP/1.0 with Expect, which that version does not know', async () => {
    const client = await connection();
    client.write(
      head(
        `POST ${path} HTTP/1.0`,
        AUTHORIZATION,
        JSON_TYPE,
        'Expect: 100-continue',
        `Content-Length: ${BODY.length}`,
      ) + BODY,
    );
    expect((await client.answer()).status).toBe(200);
  });

  it('is heard in chunks, in pieces of bytes, with headers in any case and without a host', async () => {
    const client = await connection();
    const chunk = `${(BODY.length - 5).toString(16)};ext=1\r\n${BODY.slice(5)}`;
    const text =
      head(
        POST,
        `AUTHORIZATION: ${basic('own:secret').replace('Basic', 'bAsIc')}`,
        'content-TYPE: Application/JSON',
        'transfer-encoding: Chunked',
      ) + `5\r\n${BODY.slice(0, 5)}\r\n${chunk}\r\n0\r\nTrailer: x\r\n\r\n`;
    for (const character of text) client.write(character);
    expect((await client.answer()).status).toBe(200);
    client.cut();
  });

  it('is heard when its body ends between the bytes of a character', async () => {
    const client = await connection();
    const body = Buffer.from(bodyOf('é'));
    client.write(head(POST, `Authorization: ${basic('default:fleet-secret')}`, `Content-Length: ${body.length}`));
    client.write(body.subarray(0, 15));
    await ingest.until(() => true);
    client.write(body.subarray(15));
    expect(await client.answer()).toMatchObject({ status: 200, body: expect.stringContaining('"system_id":"é"') });
    client.cut();
  });

  it('is heard with others in a pipeline, each answered in its turn', async () => {
    const client = await connection();
    const requests = [{}, { user: 'own:wrong' }, { body: '{}' }, { body: bodyOf('other') }, { type: 'text/plain' }, {}];
    client.write(Buffer.concat(requests.map((request) => requestText({ path, ...request }))));
    const statuses: number[] = [];
    for (const _request of requests) statuses.push((await client.answer()).status);
    expect(statuses).toEqual([200, 401, 400, 403, 415, 200]);
    client.cut();
  });

  it('is asked for its body only when it is wanted', async () => {
    const client = await connection();
    client.write(head(POST, AUTHORIZATION, JSON_TYPE, 'Expect: 100-continue', `Content-Length: ${BODY.length}`));
    expect((await client.answer()).status).toBe(100);
    client.write(BODY);
    expect((await client.answer()).status).toBe(200);
    client.write(requestText({ path }));
    expect((await client.answer()).status).toBe(200);
    client.cut();
  });

  it.each([
    [401, [`Authorization: ${basic('own:wrong')}`, 'Content-Length: 19']],
    [413, [AUTHORIZATION, 'Content-Length: 1000000000']],
    [415, [AUTHORIZATION, 'Content-Type: text/plain', 'Content-Length: 19']],
    [417, [AUTHORIZATION, 'Content-Length: 19', 'Expect: miracles']],
  ])('is answered %i without its body and the connection ended', async (status, lines) => {
    const client = await connection();
    const expectation = lines.some((line) => line.startsWith('Expect')) ? [] : ['Expect: 100-continue'];
    client.write(head(POST, ...lines, ...expectation));
    const answer = await client.answer();
    expect([answer.status, answer.headers.get('connection')]).toEqual([status, 'close']);
    await clock.advance(1_000);
    expect(await client.closed()).toBe('');
  });

  it('is answered 413 at once when it announces 1 GB, also to a sender that goes on sending', async () => {
    const client = await connection();
    client.write(head(POST, AUTHORIZATION, JSON_TYPE, 'Content-Length: 1000000000'));
    for (let i = 0; i < 64; i += 1) client.write('x'.repeat(65_536));
    expect(await client.answer()).toMatchObject({ status: 413, body: envelope(413, 'payload too large') });
    await client.taken();
    expect(client.isBroken()).toBe(false);
    await clock.advance(1_000);
    expect(await client.closed()).toBe('');
  });

  it('is answered 413 as soon as chunks pass the bound', async () => {
    const client = await connection();
    client.write(head(POST, AUTHORIZATION, JSON_TYPE, 'Transfer-Encoding: chunked'));
    for (let i = 0; i < 5; i += 1) client.write(`1000\r\n${'x'.repeat(4_096)}\r\n`);
    expect((await client.answer()).status).toBe(413);
    await clock.advance(1_000);
    expect(await client.closed()).toBe('');
  });

  it('is heard with a body of exactly 16 KiB', async () => {
    const client = await connection();
    const start = '{"system_id":"own","padding":"';
    client.write(requestText({ path, body: `${start}${'x'.repeat(16_384 - start.length - 2)}"}` }));
    expect((await client.answer()).status).toBe(200);
    client.cut();
  });

  it('counts a sender that goes away in the middle of its body, and hears the next', async () => {
    const before = await ingest.counts();
    const client = await connection();
    client.write(head(POST, AUTHORIZATION, JSON_TYPE, 'Content-Length: 19', 'Expect: 100-continue'));
    expect((await client.answer()).status).toBe(100);
    client.write(BODY.slice(0, 5));
    client.cut();
    const invalid = (before['invalid'] ?? 0) + 1;
    await ingest.until(async () => (await ingest.counts())['invalid'] === invalid);
    const next = await connection();
    next.write(requestText({ path }));
    expect((await next.answer()).status).toBe(200);
    next.cut();
  });

  it('is recorded also when its sender does not wait for the answer', async () => {
    const client = await connection();
    ingest.log.stallAppends();
    const before = ingest.log.appends().length;
    client.write(requestText({ path }));
    await ingest.until(() => ingest.log.appends().length > before);
    client.cut();
    await client.closed();
    const accepted = (await ingest.counts())['accepted'] ?? 0;
    ingest.log.heal();
    await ingest.until(async () => (await ingest.counts())['accepted'] === accepted + 1);
  });
});

describe('H27 what is no request', () => {
  let clock: ManualClock;
  let ingest: RunningIngest<FaultyLog>;
  beforeAll(async () => {
    clock = createManualClock();
    const deadlines = { headersMs: 100, requestMs: 200, checkMs: 20 };
    ingest = await runIngest({ clock, wrap: createFaultyLog }, { deadlines });
  });
  afterAll(() => ingest.stop());

  it.each([
    [400, 'bad request', 'NONSENSE\r\n\r\n'],
    [400, 'bad request', `POST ${HEARTBEAT} HTTP/9.9\r\n\r\n`],
    [400, 'bad request', head(`POST ${HEARTBEAT} HTTP/1.1`, 'Content-Length: x')],
    [400, 'bad request', head(`POST ${HEARTBEAT} HTTP/1.1`, 'Content-Length: 5', 'Transfer-Encoding: chunked')],
    [431, 'request header fields too large', head(`POST ${HEARTBEAT} HTTP/1.1`, `X: ${'x'.repeat(20_000)}`)],
    [408, 'request timeout', `POST ${HEARTBEAT} HTTP/1.1\r\nHost: x\r\n`],
    [
      408,
      'request timeout',
      head(`POST ${HEARTBEAT} HTTP/1.1`, AUTHORIZATION, 'Content-Length: 19') + BODY.slice(0, 5),
    ],
  ])('is answered %i %s, and the connection ended', async (status, message, text) => {
    const client = await connectRaw(ingest.port());
    client.write(text);
    expect(await client.answer()).toMatchObject({ status, body: envelope(status, message) });
    await client.closed();
  });

  it('a body that is too slow counts as invalid', async () => {
    await ingest.until(async () => (await ingest.counts())['invalid'] === 1);
  });
});

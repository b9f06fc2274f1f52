import { createFaultyLog, createManualClock, type FaultyLog } from '@earshot/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectRaw } from '../fixtures/raw-connection.ts';
import { HEARTBEAT, send } from '../fixtures/requests.ts';
import { type RunningIngest, runIngest } from '../fixtures/running-ingest.ts';

const NOT_FOUND = '{"code":404,"message":"not found","data":{}}';
const NOT_ALLOWED = '{"code":405,"message":"method not allowed","data":{}}';
const BAD_REQUEST = '{"code":400,"message":"bad request","data":{}}';

describe('what is no heartbeat', () => {
  let ingest: RunningIngest<FaultyLog>;
  beforeAll(async () => {
    ingest = await runIngest({ clock: createManualClock(), wrap: createFaultyLog });
  });
  afterAll(() => ingest.stop());

  it.each([
    'POST /',
    'POST /api/systems/heartbeats',
    'POST /API/systems/heartbeat',
    'POST /api/systems/heartbeat/x',
    'POST //api/systems/heartbeat',
    'POST /api%2Fsystems/heartbeat',
    'GET /healthz',
    'GET /readyz',
    'GET /metrics',
    'OPTIONS *',
  ])('%s is answered 404', async (line) => {
    const [method = '', path = ''] = line.split(' ');
    expect(await send(ingest.port(), { method, path })).toMatchObject({ status: 404, body: NOT_FOUND });
  });

  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    '%s of the heartbeat path is answered 405 with what is allowed',
    async (method) => {
      for (const path of [HEARTBEAT, `${HEARTBEAT}/?x`]) {
        const answer = await send(ingest.port(), { method, path, user: null });
        expect([answer.status, answer.headers.get('allow'), answer.body]).toEqual([405, 'POST', NOT_ALLOWED]);
      }
    },
  );

  it('HEAD of the heartbeat path is answered 405 without a body', async () => {
    const client = await connectRaw(ingest.port());
    client.write(`HEAD ${HEARTBEAT} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    const text = await client.closed();
    expect(text).toMatch(/^HTTP\/1.1 405 .*\r\nAllow: POST\r\n.*\r\n\r\n$/s);
  });

  it('bad percent-encoding is answered 400', async () => {
    expect(await send(ingest.port(), { path: '/api/%zz' })).toMatchObject({ status: 400, body: BAD_REQUEST });
  });

  it('an absolute target is a heartbeat like any other', async () => {
    expect((await send(ingest.port(), { path: `http://ingest:7410${HEARTBEAT}` })).status).toBe(200);
  });

  it('T3 the door of knocks does not exist for anyone else', async () => {
    const { ingestId } = ingest.service;
    const knocks = (await ingest.knocks()).length;
    const unknown = await send(ingest.port(), { path: '/api/systems/nothing' });
    for (const user of [null, 'own:secret', `${ingestId}:guess`, `${ingestId}:${'0'.repeat(64)}`]) {
      for (const method of ['POST', 'GET']) {
        const answer = await send(ingest.port(), { method, path: '/api/systems/knock', user });
        expect([answer.status, answer.body]).toEqual([unknown.status, unknown.body]);
        expect([...answer.headers.keys()]).toEqual([...unknown.headers.keys()]);
      }
    }
    expect((await ingest.knocks()).length).toBe(knocks);
  });

  it('counts in no request metric, and neither do knocks', async () => {
    const before = await ingest.counts();
    await send(ingest.port(), { path: '/nothing' });
    await send(ingest.port(), { method: 'GET' });
    await ingest.knock();
    expect(await ingest.counts()).toEqual(before);
  });
});

import { createManualClock } from '@earshot/testkit';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInstrument } from '@earshot/instrument';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReadyEngine, startReadyEngine } from '../testing/ready-engine.ts';
import { answerHeartbeat } from './contract-heartbeat.ts';

const BODY = /^\{"tick":\d+,"pid":\d+,"build":"2aae3712","startTime":\d+\.\d+,"uptime":\d+\.\d+,"lastBeat":\d+\.\d+\}$/;

describe('GET /api/system/heartbeat', () => {
  let engine: ReadyEngine;
  beforeAll(async () => {
    engine = await startReadyEngine(createManualClock());
  });
  afterAll(() => engine.stop());

  it('answers the six members of the contract in their order, bare, open to everybody', async () => {
    const { status, text, headers } = await engine.send('/api/system/heartbeat', { token: null });
    expect(status).toBe(200);
    expect(text).toMatch(BODY);
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(JSON.parse(text).pid).toBe(process.pid);
  });

  it.each(['/api/system/heartbeat?a=b', '/api/system/heartbeat/', '/api/system/heartbeat?'])(
    'answers at %s as well',
    async (target) => {
      expect((await engine.send(target, { token: null })).text).toMatch(BODY);
    },
  );

  it('answers HEAD without a body, and other methods with 405', async () => {
    const head = await engine.send('/api/system/heartbeat', { token: null, method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    const post = await engine.send('/api/system/heartbeat', { token: null, method: 'POST' });
    expect([post.status, post.headers['allow']]).toEqual([405, 'GET, HEAD']);
    expect(post.text).toBe('{"code":405,"message":"method not allowed","data":{}}');
  });
});

describe('answerHeartbeat', () => {
  const answered = async (getHeartbeat: () => ReturnType<ReturnType<typeof createInstrument>['getHeartbeat']>) => {
    const errors: unknown[] = [];
    const server = createServer((_request, response) =>
      answerHeartbeat(response, { getHeartbeat }, (error) => errors.push(error)),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const text = await response.text();
    await new Promise((resolve) => server.close(resolve));
    return { status: response.status, text, errors };
  };

  it('says 503 until instrumentation has started', async () => {
    const instrument = createInstrument({ build: '2aae3712' });
    const before = await answered(() => instrument.getHeartbeat());
    expect([before.status, before.text]).toEqual([503, '{"detail":"instrumentation layer is not available"}']);
    instrument.start();
    expect((await answered(() => instrument.getHeartbeat())).status).toBe(200);
  });

  it('says 500 when it cannot be told, and reports why', async () => {
    const failure = new Error('broken');
    const { status, text, errors } = await answered(() => {
      throw failure;
    });
    expect([status, text]).toEqual([500, '{"detail":"heartbeat retrieval failed"}']);
    expect(errors).toEqual([failure]);
  });
});

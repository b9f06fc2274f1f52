import { createManualClock } from '@earshot/testkit';
import { tokenKey } from '@earshot/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReadyEngine, startReadyEngine } from '../testing/ready-engine.ts';
import { OPERATOR_TOKEN, registryEntry } from '../testing/start-engine.ts';
import { sha256Of } from './authenticate.ts';

const VIEWER = 'viewer-token-0123456789-0123456789';
const SECOND = 'second-operator-0123456789-0123456789';
const METRICS = 'metrics-token-0123456789';

const tokens = [
  registryEntry(tokenKey(sha256Of(VIEWER)), { type: 'token', id: 't1', role: 'viewer', name: 'wallboard' }),
  registryEntry(tokenKey(sha256Of(SECOND)), { type: 'token', id: 't2', role: 'operator', name: '' }),
];

describe('authentication', () => {
  let engine: ReadyEngine;
  beforeAll(async () => {
    engine = await startReadyEngine(createManualClock(), {
      records: tokens,
      options: { metricsTokenSha256: sha256Of(METRICS) },
    });
  });
  afterAll(() => engine.stop());

  const status = async (authorization: string | null, method = 'GET', target = '/api/systems'): Promise<number> => {
    const headers = authorization === null ? {} : { Authorization: authorization };
    const body = method === 'POST' ? { body: { system_id: `x${Math.random()}` } } : {};
    return (await engine.send(target, { method, token: null, headers, ...body })).status;
  };

  it.each([
    ['the operator token', `Bearer ${OPERATOR_TOKEN}`],
    ['the scheme in any case', `bEaReR  ${OPERATOR_TOKEN}`],
    ['an operator token of the registry', `Bearer ${SECOND}`],
    ['a viewer token', `Bearer ${VIEWER}`],
  ])('accepts %s for reading', async (_what, authorization) => {
    expect(await status(authorization)).toBe(200);
    expect(await status(authorization, 'HEAD')).toBe(200);
  });

  it.each([
    ['none', null],
    ['an empty one', 'Bearer '],
    ['a wrong one', `Bearer ${OPERATOR_TOKEN}x`],
    ['a part of it', `Bearer ${OPERATOR_TOKEN.slice(0, -1)}`],
    ['its hash', `Bearer ${sha256Of(OPERATOR_TOKEN)}`],
    ['the token for metrics', `Bearer ${METRICS}`],
    ['another scheme', `Basic ${Buffer.from(`operator:${OPERATOR_TOKEN}`).toString('base64')}`],
    ['an endless one', `Bearer ${'x'.repeat(4_000)}`],
  ])('answers 401 to %s and says how to authenticate', async (_what, authorization) => {
    expect(await status(authorization)).toBe(401);
    const answered = await engine.send('/api/summary', {
      token: null,
      headers: authorization === null ? {} : { Authorization: authorization },
    });
    expect(answered.headers['www-authenticate']).toBe('Bearer realm="earshot"');
    expect(answered.text).toBe('{"code":401,"message":"invalid token","data":{}}');
  });

  it('lets a viewer change nothing', async () => {
    expect(await status(`Bearer ${VIEWER}`, 'POST')).toBe(403);
    expect(await status(`Bearer ${VIEWER}`, 'DELETE', '/api/systems/x')).toBe(403);
    expect(await status(`Bearer ${SECOND}`, 'POST')).toBe(201);
  });

  it('checks 404 and 405 before the token, and the token before the body', async () => {
    expect(await status(null, 'GET', '/api/nothing')).toBe(404);
    expect(await status(null, 'GET', '/')).toBe(404);
    expect(await status(null, 'PUT')).toBe(405);
    const answered = await engine.send('/api/systems', { method: 'POST', token: null, rawBody: '{' });
    expect(answered.status).toBe(401);
  });

  it('opens the metrics to their own token and to those of operators and viewers only', async () => {
    expect(await status(null, 'GET', '/metrics')).toBe(401);
    expect(await status('Bearer wrong', 'GET', '/metrics')).toBe(401);
    expect(await status(`Bearer ${METRICS}`, 'GET', '/metrics')).toBe(200);
    expect(await status(`Bearer ${VIEWER}`, 'GET', '/metrics')).toBe(200);
  });

  it('needs no token to say that it is alive and ready', async () => {
    expect(await status(null, 'GET', '/healthz')).toBe(200);
    expect(await status(null, 'GET', '/readyz')).toBe(200);
  });
});

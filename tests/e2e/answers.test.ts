import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Credential, Deployment } from './deployment.ts';
import { DEPLOYMENTS } from './deployments.ts';
import { type DescribedAnswer, type DescribedCall, type DescribedCalls, describedCallsOf } from './described-calls.ts';

const HEARTBEAT = '/api/systems/heartbeat';
const BEAT = '/api/system/heartbeat';
const SYSTEM = '/api/systems/{system_id}';
const FLEET = '/api/fleets/{name}';
const METRICS_TOKEN = 'metrics-token-of-the-tests-0123456789';
const OVERSIZED = JSON.stringify({ system_id: 'x'.repeat(17_000) });
const JSON_TYPE = { 'content-type': 'application/json' };
const WRONG_TYPE = { 'content-type': 'text/plain' };
/** Above what one system may send at once. */
const HEARTBEATS_TOO_MANY = 40;
const TTL_SECONDS = 15;

/**
 * What cannot be brought about from outside; tests beside the code do: our own faults, what we cannot do now, senders
 * that do not finish or expect the impossible, viewers (nobody can make one yet), and a fleet whose name has become a
 * system's.
 */
const isOutOfReach = (call: string): boolean => {
  if (/ (408|417|500|503)$/.test(call)) return true;
  if (call === `POST ${FLEET}/credentials 409`) return true;
  return call.endsWith(' 403') && call !== `POST ${HEARTBEAT} 403`;
};

interface Operation {
  readonly method: string;
  readonly path: string;
}

const operationsOf = ({ document }: DescribedCalls): readonly Operation[] =>
  Object.entries(document.paths).flatMap(([path, members]) =>
    Object.keys(members)
      .filter((name) => name !== 'servers')
      .map((method) => ({ method: method.toUpperCase(), path })),
  );
const isChange = ({ method }: Operation): boolean => method !== 'GET';
const hasBody = ({ method }: Operation): boolean => method === 'POST' || method === 'PATCH';

describe.each(DEPLOYMENTS)('every answer is as described, $form', ({ start }) => {
  let earshot: Deployment;
  let calls: DescribedCalls;
  beforeAll(async () => {
    earshot = await start({ settings: { EARSHOT_METRICS_TOKEN: METRICS_TOKEN } });
    calls = await describedCallsOf(earshot);
    await change('POST', '/api/fleets', { body: { name: 'asked', interval_seconds: 5, ttl_seconds: TTL_SECONDS } });
    await change('POST', '/api/systems', { body: { system_id: 'watched', fleet: 'asked', tags: ['site:rome'] } });
  });
  afterAll(() => earshot.destroy());

  const ask: DescribedCalls['ask'] = (call) => calls.ask(call);
  const bearer = () => ({ authorization: `Bearer ${earshot.operatorToken}` });
  const basic = ({ username, password }: Credential) => ({
    authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
  });
  const read = (path: string, call: Omit<DescribedCall, 'path'> = {}): Promise<DescribedAnswer> =>
    ask({ path, headers: bearer(), ...call });
  const change = (
    method: string,
    path: string,
    { body, headers, ...call }: Omit<DescribedCall, 'path' | 'body'> & { readonly body?: object } = {},
  ): Promise<DescribedAnswer> =>
    ask({
      method,
      path,
      headers: { ...bearer(), ...JSON_TYPE, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...call,
    });
  const heartbeat = (body: string, call: Partial<DescribedCall> = {}): Promise<DescribedAnswer> =>
    ask({
      method: 'POST',
      path: HEARTBEAT,
      body,
      ...call,
      headers: { ...basic(earshot.credential), ...JSON_TYPE, ...call.headers },
    });
  const send = (systemId: string): Promise<DescribedAnswer> => heartbeat(JSON.stringify({ system_id: systemId }));
  /** The engine's calls by what they are, not by what is said of them, so that a forgotten answer is noticed. */
  const engineCalls = (): readonly Operation[] => operationsOf(calls).filter(({ path }) => path !== HEARTBEAT);
  const apiCalls = () => engineCalls().filter(({ path }) => path.startsWith('/api/') && path !== BEAT);
  const callsAboutSomething = () => apiCalls().filter(({ path }) => path.includes('{'));

  it('to a heartbeat that is recorded', async () => {
    expect((await send('first')).status).toBe(200);
  });

  it.each<readonly [string, number, Partial<DescribedCall>]>([
    ['no body', 400, { body: '' }],
    ['no id', 400, { body: '{}' }],
    ['an id that is no string', 400, { body: '{"system_id":7}' }],
    ['an id with space at its ends', 400, { body: '{"system_id":" . "}' }],
    ['an id that is too long', 400, { body: JSON.stringify({ system_id: 'x'.repeat(300) }) }],
    ['what is no JSON', 400, { body: '{"system_id":' }],
    ['what is no object', 400, { body: '[]' }],
    ['a malformed path', 400, { target: `${HEARTBEAT}/%zz` }],
    ['nonsense for a credential', 401, { headers: { authorization: 'Basic nonsense' } }],
    ['a body that is too large', 413, { body: OVERSIZED }],
    ['another type', 415, { headers: WRONG_TYPE }],
    ['too many headers', 431, { headers: { 'x-padding': 'x'.repeat(17_000) } }],
  ])('to a heartbeat with %s', async (_what, status, call) => {
    expect((await heartbeat('{"system_id":"a"}', call)).status).toBe(status);
  });

  it('to a heartbeat for a system that the credential does not cover', async () => {
    const added = await change('POST', `${SYSTEM}/credentials`, { parameters: { system_id: 'watched' } });
    const headers = { ...basic(added.data['credential'] as Credential), ...JSON_TYPE };
    await vi.waitFor(async () => {
      expect((await heartbeat('{"system_id":"another"}', { headers })).status).toBe(403);
    }, 5_000);
  });

  it('to a system that sends too often', async () => {
    const answers = await Promise.all(Array.from({ length: HEARTBEATS_TOO_MANY }, () => send('eager')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
  });

  it('to unknown paths and methods, on both surfaces', async () => {
    expect((await ask({ path: HEARTBEAT })).status).toBe(405);
    expect((await ask({ path: '/api/nothing' })).status).toBe(404);
    for (const path of Object.keys(calls.document.paths)) {
      expect((await ask({ method: 'PUT', path })).status, path).toBe(405);
    }
  });

  it('to whoever wants to know how Earshot is', async () => {
    for (const path of [BEAT, '/healthz', '/readyz', '/openapi.json']) {
      expect((await ask({ path })).status, path).toBe(200);
    }
    const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
    expect((await ask({ path: '/metrics', headers })).status).toBe(200);
    expect((await ask({ path: '/metrics' })).status).toBe(401);
  });

  it('to changes of a system', async () => {
    const parameters = { system_id: 'watched' };
    expect((await change('PATCH', SYSTEM, { parameters, body: { name: 'Watched' } })).status).toBe(200);
    const until = new Date(Date.now() + 3_600_000).toISOString();
    expect((await change('POST', `${SYSTEM}/pause`, { parameters, body: { until } })).status).toBe(200);
    expect((await change('POST', `${SYSTEM}/resume`, { parameters })).status).toBe(200);
    const added = await change('POST', `${SYSTEM}/credentials`, { parameters, body: {} });
    const { id } = added.data['credential'] as { id: string };
    const listed = await read(`${SYSTEM}/credentials`, { parameters });
    expect(listed.data['credentials']).toContainEqual(expect.objectContaining({ id }));
    const revoked = await change('DELETE', `${SYSTEM}/credentials/{id}`, { parameters: { ...parameters, id } });
    expect(revoked.status).toBe(200);
    await change('POST', '/api/systems', { body: { system_id: 'short-lived' } });
    expect((await change('DELETE', SYSTEM, { parameters: { system_id: 'short-lived' } })).status).toBe(200);
  });

  it('to changes of a fleet', async () => {
    const parameters = { name: 'passing' };
    await change('POST', '/api/fleets', { body: parameters });
    expect((await change('PATCH', FLEET, { parameters, body: { max_systems: 5 } })).status).toBe(200);
    expect((await read(FLEET, { parameters })).status).toBe(200);
    const added = await change('POST', `${FLEET}/credentials`, { parameters });
    const { id } = added.data['credential'] as { id: string };
    expect((await read(`${FLEET}/credentials`, { parameters })).data['credentials']).toHaveLength(2);
    expect((await change('DELETE', `${FLEET}/credentials/{id}`, { parameters: { ...parameters, id } })).status).toBe(
      200,
    );
    expect((await change('DELETE', FLEET, { parameters })).status).toBe(200);
  });

  it('to creations of what exists, and secrets for names that are taken', async () => {
    const system = { system_id: 'watched', fleet: 'asked' };
    await vi.waitFor(async () => {
      expect((await change('POST', '/api/systems', { body: system })).status).toBe(409);
    }, 10_000);
    expect((await change('POST', '/api/fleets', { body: { name: 'asked' } })).status).toBe(409);
    await send('default');
    await vi.waitFor(async () => {
      const added = await change('POST', `${SYSTEM}/credentials`, { parameters: { system_id: 'default' } });
      expect(added.status).toBe(409);
    }, 10_000);
  });

  it('to calls that are at fault, whatever they ask for', async () => {
    for (const { method, path } of apiCalls()) {
      expect((await change(method, path, { query: '?mood=fine' })).status, `${method} ${path}`).toBe(400);
    }
  });

  it('to calls without a token, whatever they ask for', async () => {
    for (const call of apiCalls()) expect((await ask(call)).status, JSON.stringify(call)).toBe(401);
  });

  it('to calls about what there is not', async () => {
    for (const { method, path } of callsAboutSomething()) {
      expect((await change(method, path)).status, `${method} ${path}`).toBe(404);
    }
  });

  it('to changes of what has changed meanwhile', async () => {
    const parameters = { system_id: 'watched', name: 'asked' };
    await change('POST', `${SYSTEM}/pause`, { parameters });
    /** What is as wanted already is no change. */
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const bodies: Readonly<Record<string, object>> = {
      [`PATCH ${SYSTEM}`]: { name: 'Another' },
      [`POST ${SYSTEM}/pause`]: { until },
      [`PATCH ${FLEET}`]: { max_systems: 7 },
    };
    for (const { method, path } of callsAboutSomething().filter(isChange)) {
      const body = bodies[`${method} ${path}`] ?? {};
      const answer = await change(method, path, { parameters, body, headers: { 'if-match': '"999999"' } });
      expect(answer.status, `${method} ${path}`).toBe(412);
    }
  });

  it('to bodies that are too large, or of another type', async () => {
    for (const { method, path } of apiCalls().filter(hasBody)) {
      const oversized = await ask({ method, path, headers: { ...bearer(), ...JSON_TYPE }, body: OVERSIZED });
      expect(oversized.status, `${method} ${path}`).toBe(413);
      const ofWrongType = await ask({ method, path, headers: { ...bearer(), ...WRONG_TYPE }, body: '{}' });
      expect(ofWrongType.status, `${method} ${path}`).toBe(415);
    }
  });

  it('G10 G11 about a system that fell silent after an outage of ours', async () => {
    await earshot.stop();
    await earshot.start();
    await vi.waitFor(async () => {
      const listed = (await read('/api/outages')).data['outages'] as unknown[];
      expect(listed.length).toBeGreaterThan(0);
    }, 10_000);
    const { data } = await change('POST', `${FLEET}/credentials`, { parameters: { name: 'asked' } });
    const headers = { ...basic(data['credential'] as Credential), ...JSON_TYPE };
    await vi.waitFor(async () => {
      expect((await heartbeat('{"system_id":"falls-silent"}', { headers })).status).toBe(200);
    }, 10_000);
    const parameters = { system_id: 'falls-silent' };
    await vi.waitFor(
      async () => {
        const { system } = (await read(SYSTEM, { parameters })).data;
        expect(system).toMatchObject({ state: 'offline', verdict: { ttl_seconds: TTL_SECONDS } });
      },
      { timeout: 30_000, interval: 250 },
    );
    expect((await read(SYSTEM, { parameters })).data['transitions']).toHaveLength(2);
    expect((await read('/api/transitions', { query: '?to=offline' })).data['transitions']).toHaveLength(1);
  });

  it('about everything that can be listed', async () => {
    for (const path of ['/api/systems', '/api/fleets', '/api/transitions', '/api/outages', '/api/incidents']) {
      const { status, data } = await read(path, { query: '?limit=1' });
      expect(status, path).toBe(200);
      const cursor = data['next_cursor'];
      if (typeof cursor === 'string') {
        expect((await read(path, { query: `?limit=1&cursor=${cursor}` })).status, path).toBe(200);
      }
    }
    expect((await read('/api/systems', { query: '?limit=1' })).data['next_cursor']).toEqual(expect.any(String));
    expect((await read('/api/summary')).data['catalog']).toBe('complete');
  });

  it('to HEAD as to GET, without the body', async () => {
    const parameters = { system_id: 'watched', name: 'asked' };
    for (const { path } of engineCalls().filter((call) => !isChange(call))) {
      expect((await read(path, { method: 'HEAD', parameters })).status, path).toBe(200);
    }
  });

  it('and every answer that can be brought about was', () => {
    expect(calls.described.filter((call) => !calls.asked.has(call) && !isOutOfReach(call))).toEqual([]);
  });
});

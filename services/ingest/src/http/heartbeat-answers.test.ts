import { createFaultyLog, createManualClock, type FaultyLog, type ManualClock } from '@earshot/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connectRaw, type RawAnswer } from '../fixtures/raw-connection.ts';
import { basic, bodyOf, HEARTBEAT, type RequestParts, requestText, send } from '../fixtures/requests.ts';
import { type RunningIngest, runIngest } from '../fixtures/running-ingest.ts';

const INVALID_TOKEN = '{"code":401,"message":"invalid token","data":{}}';
const FORBIDDEN = '{"code":403,"message":"insufficient permissions","data":{}}';
const UNAVAILABLE = '{"code":503,"message":"service unavailable","data":{}}';
const LIMITED = '{"code":429,"message":"rate limited","data":{}}';
const UNSUPPORTED = '{"code":415,"message":"unsupported media type","data":{}}';
const TOO_LARGE = '{"code":413,"message":"payload too large","data":{}}';
const FAULT = '{"code":500,"message":"internal server error","data":{}}';
const invalid = (key: string, message: string, value: string): string =>
  `{"code":400,"message":"validation failed","data":{"type":"validation_error","errors":[` +
  `{"key":"${key}","message":"${message}","value":${JSON.stringify(value)}}]}}`;
const accepted = (systemId: string): string =>
  `{"code":200,"message":"heartbeat acknowledged","data":{"system_id":${JSON.stringify(systemId)},` +
  `"acknowledged":true,"last_heartbeat":"2025-07-21T10:25:00.000Z"}}`;
const BIG = 'x'.repeat(16_385);

interface Case {
  readonly title: string;
  readonly request: RequestParts;
  readonly status: number;
  readonly body: string;
}

const FLEET = 'default:fleet-secret';
const CASES: readonly Case[] = [
  { title: 'a system for itself', request: {}, status: 200, body: accepted('own') },
  {
    title: 'a fleet for an unknown system',
    request: { user: FLEET, body: bodyOf('új "1"') },
    status: 200,
    body: accepted('új "1"'),
  },
  {
    title: 'members we do not know',
    request: { body: '{"system_id":"own","cpu":1}' },
    status: 200,
    body: accepted('own'),
  },
  { title: 'no content type', request: { type: null }, status: 200, body: accepted('own') },
  { title: 'a +json type', request: { type: 'application/x.y+json' }, status: 200, body: accepted('own') },
  {
    title: 'JSON as a form',
    request: { type: 'application/x-www-form-urlencoded' },
    status: 200,
    body: accepted('own'),
  },
  {
    title: 'an id of 255 emoji',
    request: { user: FLEET, body: bodyOf('😀'.repeat(255)) },
    status: 200,
    body: accepted('😀'.repeat(255)),
  },
  {
    title: 'an id like a colon pair',
    request: { user: 'aa:bb:cc:secret', body: bodyOf('aa:bb:cc') },
    status: 200,
    body: accepted('aa:bb:cc'),
  },
  {
    title: 'an id like __proto__',
    request: { user: '__proto__:secret', body: bodyOf('__proto__') },
    status: 200,
    body: accepted('__proto__'),
  },
  { title: 'no system_id', request: { body: '{}' }, status: 400, body: invalid('system_id', 'required', '') },
  { title: 'no body', request: { body: '' }, status: 400, body: invalid('system_id', 'required', '') },
  {
    title: 'a number',
    request: { body: '{"system_id":7}' },
    status: 400,
    body: invalid('system_id', 'must_be_string', '7'),
  },
  {
    title: 'too long',
    request: { body: bodyOf('x'.repeat(256)) },
    status: 400,
    body: invalid('system_id', 'too_long', 'x'.repeat(256)),
  },
  {
    title: 'a control character',
    request: { body: bodyOf('a\n') },
    status: 400,
    body: invalid('system_id', 'invalid_characters', 'a\n'),
  },
  {
    title: 'no JSON',
    request: { body: '{"system_id"' },
    status: 400,
    body: invalid('body', 'malformed_json', '{"system_id"'),
  },
  {
    title: 'no UTF-8',
    request: { body: Uint8Array.of(0x22, 0xff, 0x22) },
    status: 400,
    body: invalid('body', 'malformed_json', '"\ufffd"'),
  },
  { title: 'no object', request: { body: '[1]' }, status: 400, body: invalid('body', 'must_be_object', '[1]') },
  { title: 'no credential', request: { user: null }, status: 401, body: INVALID_TOKEN },
  { title: 'an unknown user', request: { user: 'nobody:secret' }, status: 401, body: INVALID_TOKEN },
  { title: 'a wrong secret', request: { user: 'own:wrong' }, status: 401, body: INVALID_TOKEN },
  {
    title: 'a malformed header',
    request: { user: null, headers: [`Authorization: ${basic('own:secret')}A`] },
    status: 401,
    body: INVALID_TOKEN,
  },
  {
    title: 'another spelling of the same bytes in base64',
    request: { user: null, headers: [`Authorization: ${basic('own:secret').replace('A==', 'B==')}`] },
    status: 401,
    body: INVALID_TOKEN,
  },
  {
    title: 'another scheme',
    request: { user: null, headers: ['Authorization: Bearer secret'] },
    status: 401,
    body: INVALID_TOKEN,
  },
  { title: 'a system for another', request: { body: bodyOf('other') }, status: 403, body: FORBIDDEN },
  { title: 'a retired system', request: { user: 'gone:secret', body: bodyOf('gone') }, status: 403, body: FORBIDDEN },
  { title: 'a fleet for a system with its own secret', request: { user: FLEET }, status: 403, body: FORBIDDEN },
  { title: 'a full fleet', request: { user: 'full:fleet-secret', body: bodyOf('new') }, status: 403, body: FORBIDDEN },
  {
    title: 'a closed fleet',
    request: { user: 'closed:fleet-secret', body: bodyOf('new') },
    status: 403,
    body: FORBIDDEN,
  },
  { title: 'a text type', request: { type: 'text/plain' }, status: 415, body: UNSUPPORTED },
  {
    title: 'a real form',
    request: { type: 'application/x-www-form-urlencoded', body: 'system_id=own' },
    status: 415,
    body: UNSUPPORTED,
  },
  { title: 'a body over the bound', request: { body: BIG }, status: 413, body: TOO_LARGE },
  {
    title: 'order: 401 before 415, 413 and 400',
    request: { user: 'own:wrong', type: 'text/plain', body: BIG },
    status: 401,
    body: INVALID_TOKEN,
  },
  { title: 'order: 415 before 413', request: { type: 'text/plain', body: BIG }, status: 415, body: UNSUPPORTED },
  { title: 'order: 413 before 400', request: { body: BIG }, status: 413, body: TOO_LARGE },
  {
    title: 'order: 400 before 403',
    request: { user: 'gone:secret', body: '{}' },
    status: 400,
    body: invalid('system_id', 'required', ''),
  },
];

/** Byte for byte on the direct way, and spellings that go through the application. */
const WAYS: readonly (readonly [string, string])[] = [
  ['directly', HEARTBEAT],
  ['through the application', `${HEARTBEAT}?`],
  ['with a slash and percent-encoding', '/api/systems/heart%62eat/'],
];

const OUTCOMES: Readonly<Record<number, string>> = {
  200: 'accepted',
  400: 'invalid',
  401: 'unauthenticated',
  403: 'forbidden',
  413: 'invalid',
  415: 'invalid',
  429: 'limited',
  500: 'failed',
  503: 'refused',
};

describe.each(WAYS)('POST /api/systems/heartbeat %s', (_, path) => {
  let clock: ManualClock;
  let ingest: RunningIngest<FaultyLog>;
  const sendTo = (request: RequestParts): Promise<RawAnswer> => send(ingest.port(), { path, ...request });

  beforeAll(async () => {
    clock = createManualClock();
    ingest = await runIngest({ clock, wrap: createFaultyLog });
    ingest.registry.system('aa:bb:cc', { secret: 'secret' });
    ingest.registry.system('__proto__', { secret: 'secret' });
    ingest.registry.system('gone', { secret: 'secret', retired: true });
    ingest.registry.fleet('full', { max_systems: 0 });
    ingest.registry.fleet('closed', { auto_register: false });
  });
  afterAll(() => ingest.stop());
  beforeEach(() => {
    ingest.log.heal();
    ingest.registry.setCurrency('current');
  });

  it.each(CASES)('answers $status to $title', async ({ request, status, body }) => {
    // The buckets of systems are full again by then; the clock's time in the answer is told apart below.
    const before = await ingest.counts();
    const answer = await sendTo(request);
    const withoutTime = (text: string): string => text.replace(/"last_heartbeat":"[^"]*"/, '');
    expect(answer.status).toBe(status);
    expect(withoutTime(answer.body)).toBe(withoutTime(body));
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('content-length')).toBe(String(Buffer.byteLength(answer.body)));
    expect(answer.headers.get('www-authenticate')).toBe(
      status === 401 ? 'Basic realm="earshot", charset="UTF-8"' : undefined,
    );
    expect([answer.headers.has('x-powered-by'), answer.headers.has('etag')]).toEqual([false, false]);
    const outcome = OUTCOMES[status] ?? '';
    expect(await ingest.counts()).toEqual({ ...before, [outcome]: (before[outcome] ?? 0) + 1 });
    await clock.advance(400);
  });

  it('G3 a 200 carries the time under which the log has the heartbeat', async () => {
    const systemId = `g3 ${path}`;
    const answer = await sendTo({ user: FLEET, body: bodyOf(systemId) });
    const stored = (await ingest.records()).find(({ key }) => key === systemId);
    expect(answer.body).toContain(`"last_heartbeat":"${new Date(stored?.appendedAt ?? 0).toISOString()}"`);
    expect(stored?.value).toEqual({
      type: 'heartbeat',
      ttl_ms: 1_500_000,
      revision: ingest.registry.view.fleet('default')?.revision,
      fleet: 'default',
      credential: 'credent1',
    });
  });

  it('G4 answers 503 with Retry-After when the log refuses', async () => {
    ingest.log.refuseAppends(() => 'EARSHOT_LOG_FULL');
    const answer = await sendTo({});
    expect([answer.status, answer.body]).toEqual([503, UNAVAILABLE]);
    expect(Number(answer.headers.get('retry-after'))).toSatisfy(
      (s: number) => Number.isInteger(s) && s >= 2 && s <= 20,
    );
  });

  it('G4 answers 503 to everyone when the table is unknown, and to those it does not know while it ages', async () => {
    ingest.registry.setCurrency('ageing');
    const known = await sendTo({});
    const unknown = await sendTo({ user: 'nobody:secret' });
    const notCovered = await sendTo({ user: 'gone:secret', body: bodyOf('gone') });
    ingest.registry.setCurrency('unknown');
    const nobody = await sendTo({});
    const malformed = await sendTo({ user: null });
    expect([known, unknown, notCovered, nobody, malformed].map(({ status }) => status)).toEqual([
      200, 503, 503, 503, 503,
    ]);
    expect(nobody.headers.has('retry-after')).toBe(true);
  });

  it('answers 429 with Retry-After above 20 at once, before it looks at the type, and not to others', async () => {
    await clock.advance(10_000);
    const statuses: number[] = [];
    for (let i = 0; i < 20; i += 1) statuses.push((await sendTo({})).status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    const answer = await sendTo({ type: 'text/plain' });
    expect([answer.status, answer.body, answer.headers.has('retry-after')]).toEqual([429, LIMITED, true]);
    expect((await sendTo({ user: FLEET, body: bodyOf('other') })).status).toBe(200);
  });

  it('limits each system of a fleet, and a stranger cannot use up what is another fleet’s', async () => {
    await clock.advance(10_000);
    ingest.registry.fleet('oslo');
    ingest.registry.system('of-oslo', { fleet: 'oslo' });
    for (let i = 0; i < 30; i += 1) {
      expect((await sendTo({ user: FLEET, body: bodyOf('of-oslo') })).status).toBe(403);
    }
    const statuses: number[] = [];
    for (let i = 0; i < 21; i += 1) {
      statuses.push((await sendTo({ user: 'oslo:fleet-secret', body: bodyOf('of-oslo') })).status);
    }
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 200), 429]);
  });

  it('answers 500 when something of ours fails, and goes on', async () => {
    const { view } = ingest.registry;
    const fault = vi.spyOn(view, 'owner').mockImplementation(() => {
      throw new Error('a fault of ours');
    });
    const failed = await sendTo({});
    fault.mockRestore();
    await clock.advance(10_000);
    expect([failed.status, failed.body]).toEqual([500, FAULT]);
    expect((await sendTo({})).status).toBe(200);
  });

  it('T3 answers 500 to a known system whose heartbeat failed, and its partition is told of it', async () => {
    await clock.advance(10_000);
    const { view } = ingest.registry;
    const fault = vi.spyOn(view, 'system').mockImplementationOnce(() => {
      throw new Error('a fault of ours');
    });
    const named = `failed ${path}`;
    expect((await sendTo({ user: FLEET, body: bodyOf(named) })).status).toBe(500);
    fault.mockImplementation(() => {
      throw new Error('a lasting fault of ours');
    });
    expect((await sendTo({ user: FLEET, body: bodyOf('unknowable') })).status).toBe(500);
    fault.mockRestore();
    await ingest.idle();
    await ingest.knock();
    expect((await ingest.knocks()).flatMap(({ names = [] }) => names)).toContain(named);
  });

  it('keeps the connection after every answer to a small request', async () => {
    await clock.advance(10_000);
    const connection = await connectRaw(ingest.port());
    for (const request of [{ user: 'own:wrong' }, { type: 'text/plain' }, { body: '{}' }, { body: bodyOf('x') }, {}]) {
      connection.write(requestText({ path, ...request }));
      expect((await connection.answer()).headers.get('connection')).toBe('keep-alive');
    }
    connection.cut();
  });
});

describe('POST /api/systems/heartbeat with a body that is optional', () => {
  let ingest: RunningIngest<FaultyLog>;
  beforeAll(async () => {
    ingest = await runIngest({ clock: createManualClock(), wrap: createFaultyLog }, { bodyOptional: true });
  });
  afterAll(() => ingest.stop());

  it.each([
    ['no body', { body: '', type: null }, 200],
    ['no body as a form', { body: '', type: 'application/x-www-form-urlencoded' }, 200],
    ['an empty object', { body: '{}' }, 200],
    ['another system', { body: bodyOf('other') }, 403],
    ['a fleet without a body', { user: FLEET, body: '' }, 400],
    ['a fleet with an empty object', { user: FLEET, body: '{}' }, 400],
    ['no JSON', { body: 'x' }, 400],
  ] as const)('%s', async (_, request, status) => {
    const answer = await send(ingest.port(), request);
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.body).toContain('"system_id":"own"');
  });
});

import { createManualClock } from '@earshot/testkit';
import { createHash } from 'node:crypto';
import {
  decodeHeartbeatTopicRecord,
  HEARTBEATS_TOPIC,
  partitionOf,
  REGISTRY_TOPIC,
  type SystemRecord,
  toIso,
} from '@earshot/contracts';
import type { LogRecord } from '@earshot/event-log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReadyEngine, startReadyEngine } from '../testing/ready-engine.ts';
import { transition } from '../testing/records.ts';
import { type Answered, PARTITIONS, project, publication, type Sent, systemRow } from '../testing/start-engine.ts';

/** Ids that have broken somebody's routing, storage or memory. */
const HOSTILE = [
  'partition',
  '0/1',
  '__proto__',
  'constructor',
  'a%2Fb',
  '100%',
  '..a',
  '../etc/passwd',
  'a?b#c&d=e',
  'a b+c',
  '00:1B:44:11:3A:B7',
  'urn:dev:ops:32473-0001',
  '\u{1F600}\u{1F3F4}\u{E0067}',
  'caf\u00e9',
  '\u{10FFFF}',
  '"\'`;--',
  '\\',
  'credentials',
  '\u{1F600}'.repeat(255),
];

const path = (id: string, rest = ''): string => `/api/systems/${encodeURIComponent(id)}${rest}`;
const bodyOf = ({ text }: Answered) => JSON.parse(text);

describe('changes', () => {
  let engine: ReadyEngine;
  let next = 0;
  beforeAll(async () => {
    engine = await startReadyEngine(createManualClock());
  });
  afterAll(() => engine.stop());

  const send = (method: string, target: string, body?: unknown, sent: Sent = {}): Promise<Answered> =>
    engine.send(target, { method, ...(body === undefined ? {} : { body }), ...sent });
  const create = async (members: object = {}): Promise<{ id: string; answered: Answered }> => {
    const id = `system-${(next += 1)}`;
    return { id, answered: await send('POST', '/api/systems', { system_id: id, ...members }) };
  };
  const ifMatch = (tag: string): Sent => ({ headers: { 'If-Match': tag } });

  /** What the log has of a topic's partition. */
  const read = async (topic: string, partition: number): Promise<readonly LogRecord[]> => {
    const end = (await engine.log.ends(topic))[partition]?.end ?? 0;
    const found: LogRecord[] = [];
    const complete = Promise.withResolvers<void>();
    const reading = await engine.log.readFrom(topic, partition, 0, {
      records: ({ records }) => {
        found.push(...records);
        if ((found.at(-1)?.position ?? 0) + 1 >= end) complete.resolve();
      },
      failed: complete.reject,
    });
    if (end > 0) await complete.promise;
    await reading.stop();
    return found;
  };
  const told = async (id: string): Promise<readonly SystemRecord[]> =>
    (await read(HEARTBEATS_TOPIC, partitionOf(id, PARTITIONS))).flatMap(({ key, value }) => {
      const decoded = decodeHeartbeatTopicRecord(key, value);
      return key === id && 'value' in decoded && decoded.value.type === 'system' ? [decoded.value] : [];
    });

  it('create a system: 201, where it is, its credential shown once, the fold told', async () => {
    const { id, answered } = await create({ name: 'pump', tags: ['site:rome'], interval_seconds: 60, ttl_seconds: 90 });
    expect(answered.status).toBe(201);
    expect(answered.headers['location']).toBe(path(id));
    const { code, message, data } = bodyOf(answered);
    expect([code, message]).toEqual([201, 'created']);
    expect(data.system).toEqual({
      system_id: id,
      name: 'pump',
      fleet: 'default',
      tags: ['site:rome'],
      interval_seconds: 60,
      ttl_seconds: 90,
      state: 'unseen',
      late: false,
      held: false,
      paused: false,
      paused_until: null,
      retired: false,
      last_seen: null,
      state_since: null,
      offline_at: null,
      verdict: null,
    });
    expect(Object.keys(data.credential)).toEqual(['id', 'username', 'password']);
    expect(data.credential.username).toBe(id);
    expect(data.credential.password.length).toBeGreaterThanOrEqual(27);
    expect(await told(id)).toMatchObject([{ ttl_ms: 90_000, fleet: 'default' }]);
  });

  it('show a secret once and keep no trace of it but its hash', async () => {
    const { id, answered } = await create();
    const { password } = bodyOf(answered).data.credential;
    const registry = JSON.stringify(await read(REGISTRY_TOPIC, 0));
    expect(registry).not.toContain(password);
    const listed = await send('GET', path(id, '/credentials'));
    expect(listed.text).not.toContain(password);
    expect(listed.text).not.toContain(createHash('sha256').update(password).digest('hex'));
    expect((await send('GET', path(id))).text).not.toContain('credential');
  });

  it('refuse what exists with 409, in the published words', async () => {
    const { id } = await create();
    await project(engine.store, {
      proven: engine.clock.wallNow(),
      systems: [systemRow(id, engine.clock.wallNow(), { state: 'unseen', sequence: 0, lastSeen: null })],
    });
    const again = await send('POST', '/api/systems', { system_id: id });
    expect([again.status, again.text]).toEqual([409, '{"code":409,"message":"already exists","data":{}}']);
  });

  it.each(HOSTILE)('work for a system called %j', async (id) => {
    const created = await send('POST', '/api/systems', { system_id: id, name: 'hostile' });
    expect(created.status).toBe(201);
    const location = String(created.headers['location']);
    expect(location).toBe(path(id));
    expect(bodyOf(await send('GET', location)).data.system.system_id).toBe(id);
    expect(bodyOf(await send('PATCH', location, { name: 'renamed' })).data.system.name).toBe('renamed');
    expect(bodyOf(await send('POST', `${location}/pause`)).data.system.paused).toBe(true);
    expect(bodyOf(await send('POST', `${location}/resume`)).data.system.paused).toBe(false);
    const credential = await send('POST', `${location}/credentials`);
    expect(credential.status).toBe(201);
    expect((await send('DELETE', String(credential.headers['location']))).status).toBe(200);
    const listed = await send('GET', `/api/systems?system_id=${encodeURIComponent(id)}`);
    expect(bodyOf(listed).data.systems).toMatchObject([{ system_id: id, name: 'renamed' }]);
    expect(bodyOf(await send('GET', `/api/systems?q=${encodeURIComponent(id)}&limit=1`)).data.systems).toHaveLength(1);
    expect((await send('DELETE', location)).status).toBe(200);
    expect((await send('GET', location)).status).toBe(404);
  });

  it('take ids strictly decoded or not at all', async () => {
    for (const target of ['/api/systems/%zz', '/api/systems/%', '/api/systems/%ff', '/api/systems/%ed%a0%80']) {
      const answered = await send('GET', target);
      expect([target, answered.status, answered.text]).toEqual([
        target,
        400,
        '{"code":400,"message":"bad request","data":{}}',
      ]);
    }
    expect((await send('GET', '/api/systems/0/1')).status).toBe(404);
    expect((await send('GET', '/api/Systems')).status).toBe(404);
  });

  it.each([
    [{}, [{ key: 'system_id', message: 'required', value: '' }]],
    [{ system_id: 7 }, [{ key: 'system_id', message: 'must_be_string', value: '7' }]],
    [{ system_id: '..' }, [{ key: 'system_id', message: 'invalid_characters', value: '..' }]],
    [{ system_id: 'x'.repeat(256) }, [{ key: 'system_id', message: 'too_long', value: 'x'.repeat(256) }]],
    [{ system_id: 'x', nmae: 'y' }, [{ key: 'nmae', message: 'unknown', value: 'y' }]],
    [{ system_id: 'x', tags: 'a:b' }, [{ key: 'tags', message: 'must_be_array', value: 'a:b' }]],
    [{ system_id: 'x', tags: ['plain'] }, [{ key: 'tags', message: 'must_be_key_value', value: 'plain' }]],
    [{ system_id: 'x', fleet: 'nobody' }, [{ key: 'fleet', message: 'unknown', value: 'nobody' }]],
    [{ system_id: 'x', ttl_seconds: 14 }, [{ key: 'ttl_seconds', message: 'out_of_range', value: '14' }]],
    [
      { system_id: 'x', interval_seconds: 60.5 },
      [{ key: 'interval_seconds', message: 'must_be_integer', value: '60.5' }],
    ],
    [
      { system_id: 'x', interval_seconds: 100, ttl_seconds: 149 },
      [{ key: 'ttl_seconds', message: 'below_minimum_ratio', value: '149' }],
    ],
    [
      { system_id: null, tags: [1, 'a\u0000b'], interval_seconds: 4 },
      [
        { key: 'system_id', message: 'must_be_string', value: 'null' },
        { key: 'tags', message: 'must_be_string', value: '1' },
        { key: 'tags', message: 'invalid_characters', value: 'a\u0000b' },
        { key: 'interval_seconds', message: 'out_of_range', value: '4' },
      ],
    ],
  ])('say all that is wrong with %j', async (body, errors) => {
    const answered = await send('POST', '/api/systems', body);
    expect([answered.status, bodyOf(answered).data]).toEqual([400, { type: 'validation_error', errors }]);
  });

  it('change a system by merge patch: what is missing stays, null goes back to the fleet\u2019s', async () => {
    const { id } = await create({ name: 'pump', tags: ['a:1', 'b:2'], interval_seconds: 60, ttl_seconds: 120 });
    const contentType = { headers: { 'Content-Type': 'application/merge-patch+json' } };
    const patched = await send('PATCH', path(id), { ttl_seconds: 300, tags: ['c:3'] }, contentType);
    expect(bodyOf(patched).data.system).toMatchObject({
      name: 'pump',
      tags: ['c:3'],
      interval_seconds: 60,
      ttl_seconds: 300,
    });
    const reset = await send('PATCH', path(id), { ttl_seconds: null, interval_seconds: null, name: null, tags: null });
    expect(bodyOf(reset).data.system).toMatchObject({ name: '', tags: [], interval_seconds: 600, ttl_seconds: 1_500 });
    expect((await told(id)).map((record) => record.ttl_ms)).toEqual([120_000, 300_000, 1_500_000]);
    expect((await send('PATCH', path(id), { fleet: null })).status).toBe(400);
    expect((await send('PATCH', path('nobody'), { name: 'x' })).status).toBe(404);
  });

  it('are made only where the entry stands as the caller has seen it', async () => {
    const { id, answered } = await create();
    const before = String(answered.headers['etag']);
    expect((await send('GET', path(id))).headers['etag']).toBe(before);
    const first = await send('PATCH', path(id), { name: 'first' }, ifMatch(before));
    expect(first.status).toBe(200);
    expect(first.headers['etag']).not.toBe(before);
    const second = await send('PATCH', path(id), { name: 'second' }, ifMatch(before));
    expect([second.status, second.text]).toEqual([412, '{"code":412,"message":"changed meanwhile","data":{}}']);
    expect((await send('DELETE', path(id), undefined, ifMatch(before))).status).toBe(412);
    expect((await send('POST', path(id, '/pause'), {}, ifMatch(before))).status).toBe(412);
    expect((await send('POST', path(id, '/credentials'), {}, ifMatch(before))).status).toBe(412);
    for (const tag of ['W/"1"', 'nonsense', '"nonsense"', '']) {
      expect((await send('PATCH', path(id), { name: tag }, ifMatch(tag))).status).toBe(412);
    }
    expect((await send('PATCH', path(id), { name: 'any' }, ifMatch('*'))).status).toBe(200);
    const now = String((await send('GET', path(id))).headers['etag']);
    expect((await send('PATCH', path(id), { name: 'of several' }, ifMatch(`${before}, ${now}`))).status).toBe(200);
    expect(bodyOf(await send('GET', path(id))).data.system.name).toBe('of several');
  });

  it('pause a system for good or until an instant, and resume it', async () => {
    const { id } = await create();
    const until = toIso(engine.clock.wallNow() + 60_000);
    const paused = await send('POST', path(id, '/pause'), { until });
    expect(bodyOf(paused).data.system).toMatchObject({ paused: true, paused_until: until });
    const lists = bodyOf(await send('GET', '/api/systems?state=paused')).data.systems;
    expect(lists.map((system: { system_id: string }) => system.system_id)).toContain(id);
    const forGood = await send('POST', path(id, '/pause'));
    expect(bodyOf(forGood).data.system).toMatchObject({ paused: true, paused_until: null });
    const resumed = await send('POST', path(id, '/resume'));
    expect(bodyOf(resumed).data.system).toMatchObject({ paused: false, paused_until: null });
    expect((await told(id)).map((record) => record.paused ?? false)).toEqual([false, true, true, false]);
  });

  it.each([
    [{ until: 'tomorrow' }, 'must_be_instant'],
    [{ until: '2020-01-01T00:00:00Z' }, 'must_be_in_the_future'],
    [{ until: '2199-01-01T00:00:00Z' }, 'out_of_range'],
    [{ until: 7 }, 'must_be_string'],
    [{ unitl: '2030-01-01T00:00:00Z' }, 'unknown'],
  ])('pause nobody until %j: %s', async (body, message) => {
    const { id } = await create();
    const answered = await send('POST', path(id, '/pause'), body);
    expect([answered.status, bodyOf(answered).data.errors[0].message]).toEqual([400, message]);
  });

  it('retire a system: out of sight and out of the totals, until it is created again', async () => {
    const { id } = await create();
    expect((await send('DELETE', path(id))).status).toBe(200);
    expect((await send('GET', path(id))).status).toBe(404);
    expect((await send('GET', path(id, '/credentials'))).status).toBe(404);
    const of = async (query: string): Promise<unknown> =>
      bodyOf(await send('GET', `/api/systems?system_id=${id}${query}`)).data.systems;
    expect(await of('')).toEqual([]);
    expect(await of('&state=retired')).toMatchObject([{ system_id: id, retired: true }]);
    expect((await told(id)).at(-1)).toMatchObject({ retired: true });
    expect((await send('DELETE', path(id))).status).toBe(200);
    expect((await send('PATCH', path(id), { name: 'x' })).status).toBe(404);
    const again = await send('POST', '/api/systems', { system_id: id });
    expect(again.status).toBe(201);
    expect(await of('')).toMatchObject([{ system_id: id, retired: false, state: 'unseen' }]);
  });

  it('add and revoke credentials, so that a rotation has no gap', async () => {
    const { id, answered } = await create();
    const first = bodyOf(answered).data.credential;
    const added = await send('POST', path(id, '/credentials'));
    const second = bodyOf(added).data.credential;
    const ids = async (): Promise<string[]> =>
      bodyOf(await send('GET', path(id, '/credentials'))).data.credentials.map((each: { id: string }) => each.id);
    expect(await ids()).toEqual([first.id, second.id]);
    expect((await send('DELETE', path(id, `/credentials/${first.id}`))).status).toBe(200);
    expect(await ids()).toEqual([second.id]);
    expect((await send('DELETE', path(id, `/credentials/${first.id}`))).status).toBe(404);
    expect((await send('GET', path(id, `/credentials/${second.id}`))).headers['allow']).toBe('DELETE');
  });

  it('create, change and remove fleets in the same manners', async () => {
    const name = 'north/\u{1F600}';
    const at = `/api/fleets/${encodeURIComponent(name)}`;
    const created = await send('POST', '/api/fleets', { name, ttl_seconds: 3_000, covers_own: true });
    expect([created.status, created.headers['location']]).toEqual([201, at]);
    expect(bodyOf(created).data).toMatchObject({
      fleet: {
        name,
        interval_seconds: 600,
        ttl_seconds: 3_000,
        auto_register: true,
        max_systems: 100_000,
        covers_own: true,
      },
      credential: { username: name },
    });
    expect((await send('POST', '/api/fleets', { name })).status).toBe(409);
    const system = await create({ fleet: name });
    expect(bodyOf(system.answered).data.system).toMatchObject({ fleet: name, ttl_seconds: 3_000 });
    expect(bodyOf(await send('GET', at)).data.fleet.totals).toMatchObject({ systems: 1, unseen: 1 });
    const patched = await send('PATCH', at, { ttl_seconds: null, auto_register: false, max_systems: 5 });
    expect(bodyOf(patched).data.fleet).toMatchObject({
      ttl_seconds: 1_500,
      auto_register: false,
      max_systems: 5,
      covers_own: true,
    });
    expect((await send('PATCH', at, { max_systems: 9 }, ifMatch(String(created.headers['etag'])))).status).toBe(412);
    const held = await send('DELETE', at);
    expect([held.status, bodyOf(held).data.errors]).toEqual([
      400,
      [{ key: 'name', message: 'has_systems', value: name }],
    ]);
    await send('DELETE', path(system.id));
    expect((await send('POST', `${at}/credentials`)).status).toBe(201);
    expect(bodyOf(await send('GET', `${at}/credentials`)).data.credentials).toHaveLength(2);
    expect((await send('DELETE', at)).status).toBe(200);
    expect((await send('GET', at)).status).toBe(404);
    expect((await send('GET', `${at}/credentials`)).status).toBe(404);
  });

  it('G11 show a single system with its verdict and newest transitions', async () => {
    const { id } = await create();
    const made = Array.from({ length: 12 }, (_, index) =>
      transition(id, {
        position: index,
        registration: 9_999,
        sequence: index + 1,
        to: index % 2 === 0 ? 'online' : 'offline',
        occurredAt: engine.clock.wallNow() + index,
      }),
    );
    await engine.log.append(made.map(publication));
    await expect.poll(async () => bodyOf(await send('GET', path(id))).data.transitions.length).toBe(10);
    const { system, transitions } = bodyOf(await send('GET', path(id))).data;
    expect(system.state).toBe('offline');
    expect(system.verdict).toEqual(transitions[0].verdict);
    expect(transitions.map((each: { sequence: number }) => each.sequence)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
  });
});

describe('bodies', () => {
  let engine: ReadyEngine;
  beforeAll(async () => {
    engine = await startReadyEngine(createManualClock());
  });
  afterAll(() => engine.stop());

  const post = (rawBody: string | Buffer, headers: Record<string, string> = {}): Promise<Answered> =>
    engine.send('/api/systems', { method: 'POST', rawBody, headers });
  const big = JSON.stringify({ system_id: 'big', name: 'x'.repeat(17_000) });

  it.each([
    ['no JSON', '{', 'malformed_json'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'malformed_json'],
    ['no object', '[]', 'must_be_object'],
    ['null', 'null', 'must_be_object'],
    ['nothing', '', 'required'],
    ['a member called __proto__', '{"system_id":"p","__proto__":{"name":"x"}}', 'unknown'],
  ])('answer 400 to %s', async (_what, body, message) => {
    const answered = await post(body);
    expect([answered.status, bodyOf(answered).data.errors[0].message]).toEqual([400, message]);
  });

  it.each([
    ['another type', '{}', { 'Content-Type': 'text/plain' }],
    ['a form', 'a=b', { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['another charset', '{}', { 'Content-Type': 'application/json; charset=utf-16' }],
    ['an encoding', '{}', { 'Content-Encoding': 'gzip' }],
  ])('answer 415 to %s', async (_what, body, headers) => {
    const answered = await post(body, headers);
    expect([answered.status, answered.text]).toEqual([
      415,
      '{"code":415,"message":"unsupported media type","data":{}}',
    ]);
  });

  it('answer 413 above 16 KiB, whether or not the length is said before', async () => {
    expect((await post(big)).status).toBe(413);
    const chunked = await engine.send('/api/systems', {
      method: 'POST',
      rawBody: big,
      headers: { 'Transfer-Encoding': 'chunked' },
    });
    expect([chunked.status, chunked.text]).toEqual([413, '{"code":413,"message":"payload too large","data":{}}']);
  });

  it('say which methods a path has', async () => {
    const answered = async (method: string, target: string): Promise<unknown> => {
      const { status, headers } = await engine.send(target, { method });
      return [status, headers['allow']];
    };
    expect(await answered('PUT', '/api/systems')).toEqual([405, 'GET, HEAD, POST']);
    expect(await answered('OPTIONS', '/api/systems/a')).toEqual([405, 'GET, HEAD, PATCH, DELETE']);
    expect(await answered('GET', '/api/systems/a/pause')).toEqual([405, 'POST']);
    expect(await answered('POST', '/api/summary')).toEqual([405, 'GET, HEAD']);
  });
});

import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Deployment } from './deployment.ts';
import { DEPLOYMENTS } from './deployments.ts';
import { type Operator, operatorOf } from './operator.ts';
import { sendHeartbeat } from './sender.ts';

const TTL_MS = 15_000;
/** What G2 allows from being due to being visible, and something for this test's own polling. */
const DETECTION_MS_MAX = 1_500 + 500;
const HOSTILE_IDS = [
  'partition',
  '0/1',
  '__proto__',
  'constructor',
  'aa:bb:cc',
  '%2F',
  '🦊',
  '𝒳'.repeat(255),
  "'; DROP",
  'a?b#c&d',
];

describe.each(DEPLOYMENTS)('the whole path, $form', ({ start }) => {
  let earshot: Deployment;
  let operator: Operator;
  beforeAll(async () => {
    earshot = await start();
    operator = operatorOf(earshot);
  });
  afterAll(() => earshot.destroy());

  const send = (systemId: string) => sendHeartbeat(earshot.ingestUrl, earshot.credential, systemId);

  it('G3 answers a heartbeat with the published 200, and the time in it is the time that readers see', async () => {
    const answer = await send('first');
    expect(answer.status).toBe(200);
    const at = String(answer.body.data['last_heartbeat']);
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(answer.text).toBe(
      `{"code":200,"message":"heartbeat acknowledged","data":{"system_id":"first","acknowledged":true,"last_heartbeat":"${at}"}}`,
    );
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    await vi.waitFor(
      async () => expect(await operator.system('first')).toMatchObject({ state: 'online', last_seen: at }),
      5_000,
    );
  });

  it('ticks for outside monitors', async () => {
    const beat = async () => {
      const response = await fetch(`${earshot.engineUrl}/api/system/heartbeat`);
      return { status: response.status, text: await response.text() };
    };
    const first = await beat();
    expect(first.status).toBe(200);
    expect(first.text).toMatch(
      /^\{"tick":\d+,"pid":\d+,"build":"[\w-]+","startTime":\d+\.\d+,"uptime":\d+\.\d+,"lastBeat":\d+\.\d+\}$/,
    );
    const tick = (text: string): number => (JSON.parse(text) as { tick: number }).tick;
    await vi.waitFor(async () => expect(tick((await beat()).text)).toBeGreaterThan(tick(first.text)), 5_000);
  });

  it('G12 is scraped by Prometheus with a number of series that does not depend on the systems', async () => {
    const scrape = async () => {
      const texts = await Promise.all(earshot.metricsUrls.map(async (url) => (await fetch(url)).text()));
      const text = texts.join('\n');
      return { text, series: text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length };
    };
    const before = await scrape();
    for (let n = 0; n < 30; n += 1) await send(`many-${n}`);
    await vi.waitFor(
      async () => expect((await scrape()).text).toMatch(/earshot_engine_systems\{state="online"\} 3\d/),
      5_000,
    );
    const after = await scrape();
    expect(after.series).toBe(before.series);
    expect(after.series).toBeLessThan(300);
    expect(after.text).toMatch(/earshot_ingest_heartbeats_total\{outcome="accepted"\} \d\d/);
    expect(after.text).toMatch(/earshot_liveness_partition_open\{partition="0"\} 1/);
  });

  it('H43 takes hostile ids through the whole path', async () => {
    for (const systemId of HOSTILE_IDS) expect((await send(systemId)).status, systemId).toBe(200);
    await vi.waitFor(async () => {
      for (const systemId of HOSTILE_IDS) {
        expect(await operator.system(systemId), systemId).toMatchObject({ system_id: systemId, state: 'online' });
      }
    }, 10_000);
  });

  it('H24 a revoked credential stops working, and a new one works, within a second', async () => {
    const created = await operator.send('POST', '/api/systems', { system_id: 'rotating', fleet: 'default' });
    expect(created.code).toBe(201);
    const old = created.data['credential'] as { id: string; username: string; password: string };
    await vi.waitFor(async () => {
      expect((await sendHeartbeat(earshot.ingestUrl, old, 'rotating')).status).toBe(200);
    }, 1_000);
    const added = await operator.send('POST', '/api/systems/rotating/credentials');
    const fresh = added.data['credential'] as { id: string; username: string; password: string };
    await vi.waitFor(async () => {
      expect((await sendHeartbeat(earshot.ingestUrl, fresh, 'rotating')).status).toBe(200);
    }, 1_000);
    await operator.send('DELETE', `/api/systems/rotating/credentials/${old.id}`);
    await vi.waitFor(async () => {
      const answer = await sendHeartbeat(earshot.ingestUrl, old, 'rotating');
      expect(answer.text).toBe('{"code":401,"message":"invalid token","data":{}}');
    }, 1_000);
    expect((await sendHeartbeat(earshot.ingestUrl, fresh, 'rotating')).status).toBe(200);
  });

  it('a retired system is refused and gone, and comes back as a new registration', async () => {
    const created = await operator.send('POST', '/api/systems', { system_id: 'phoenix', fleet: 'default' });
    const first = created.data['credential'] as { username: string; password: string };
    await vi.waitFor(
      async () => expect((await sendHeartbeat(earshot.ingestUrl, first, 'phoenix')).status).toBe(200),
      1_000,
    );
    await operator.send('DELETE', '/api/systems/phoenix');
    await vi.waitFor(async () => expect((await send('phoenix')).status).toBe(403), 1_000);
    await vi.waitFor(async () => expect(await operator.system('phoenix')).toBeNull(), 5_000);
    const again = await operator.send('POST', '/api/systems', { system_id: 'phoenix', fleet: 'default' });
    expect(again.code).toBe(201);
    const second = again.data['credential'] as { username: string; password: string };
    await vi.waitFor(
      async () => expect((await sendHeartbeat(earshot.ingestUrl, second, 'phoenix')).status).toBe(200),
      1_000,
    );
    await vi.waitFor(async () => expect(await operator.system('phoenix')).toMatchObject({ state: 'online' }), 5_000);
    await vi.waitFor(async () => {
      expect((await operator.transitions('phoenix')).at(-1)).toMatchObject({ sequence: 1, to: 'online' });
    }, 5_000);
  });

  it('G1 G2 G6 G11 a silent system is offline one ttl later, never before, and online when it sends again', async () => {
    const credential = await operator.createFastFleet('silence');
    const sent = await vi.waitFor(async () => {
      const answer = await sendHeartbeat(earshot.ingestUrl, credential, 'falls-silent');
      expect(answer.status).toBe(200);
      return answer;
    }, 1_000);
    const lastHeartbeat = Date.parse(String(sent.body.data['last_heartbeat']));
    const due = lastHeartbeat + TTL_MS;
    let seenOfflineAt = 0;
    while (seenOfflineAt === 0 && Date.now() < due + DETECTION_MS_MAX) {
      const system = await operator.system('falls-silent');
      if (system?.state === 'offline') seenOfflineAt = Date.now();
      else await wait(50);
    }
    expect(seenOfflineAt).toBeGreaterThanOrEqual(due);
    expect(seenOfflineAt).toBeLessThan(due + DETECTION_MS_MAX);
    const offline = await operator.system('falls-silent');
    expect(offline?.verdict).toMatchObject({
      last_seen: new Date(lastHeartbeat).toISOString(),
      ttl_seconds: 15,
      rule: 'contiguous',
      held_seconds: 0,
    });
    expect(Date.parse(offline?.verdict?.proven ?? '')).toBeGreaterThanOrEqual(due);
    expect(Date.parse(offline?.offline_at ?? '')).toBe(due);

    await sendHeartbeat(earshot.ingestUrl, credential, 'falls-silent');
    await vi.waitFor(
      async () => expect(await operator.system('falls-silent')).toMatchObject({ state: 'online' }),
      5_000,
    );
    // The state comes from the projection, the history from what is published behind it.
    await vi.waitFor(async () => {
      const transitions = await operator.transitions('falls-silent');
      expect(transitions.map(({ sequence, from, to }) => ({ sequence, from, to }))).toEqual([
        { sequence: 1, from: 'unseen', to: 'online' },
        { sequence: 2, from: 'online', to: 'offline' },
        { sequence: 3, from: 'offline', to: 'online' },
      ]);
    }, 5_000);
  }, 60_000);
});

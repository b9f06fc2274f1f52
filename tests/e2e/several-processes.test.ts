import { setTimeout as wait } from 'node:timers/promises';
import type { TransitionDocument } from '@earshot/contracts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasBrokers } from './deployments.ts';
import { type DistributedDeployment, startDistributed, untilOk } from './distributed-deployment.ts';
import { type Operator, operatorOf } from './operator.ts';
import { type Senders, startSenders } from './sender.ts';

const TTL_MS = 15_000;
const SYSTEMS = Array.from({ length: 40 }, (_, n) => `system-${n}`);

/** Sequences per system that are not 1, 2, 3, …, alternating. */
const disorder = (transitions: readonly TransitionDocument[]): readonly string[] =>
  SYSTEMS.filter((systemId) => {
    const own = transitions.filter((transition) => transition.system_id === systemId);
    return own.some(({ sequence, to }, n) => sequence !== n + 1 || to !== (n % 2 === 0 ? 'online' : 'offline'));
  });

describe.runIf(hasBrokers)('two of each, distributed', () => {
  let earshot: DistributedDeployment;
  let operator: Operator;
  let senders: Senders;
  let turn = 0;
  beforeAll(async () => {
    earshot = await startDistributed({}, { ingest: 2, liveness: 2, engine: 2 });
    operator = operatorOf(earshot);
    const credential = await operator.createFastFleet('fast');
    // A balancer's client: each try goes to the next ingest.
    const url = (): string => earshot.ingests[(turn += 1) % 2]?.url ?? '';
    senders = startSenders({ url, credential, systemIds: SYSTEMS, intervalMs: 5_000 });
    await vi.waitFor(async () => {
      const { totals } = await operator.ask<{ totals: { online: number } }>('/api/summary');
      expect(totals.online).toBe(SYSTEMS.length);
    }, 20_000);
  });
  afterAll(async () => {
    await senders?.stop();
    await earshot?.destroy();
  });

  const expectNobodyReported = async (): Promise<void> => {
    const transitions = await operator.transitions();
    expect(transitions.filter(({ to }) => to === 'offline')).toEqual([]);
    expect(disorder(transitions)).toEqual([]);
  };

  it('G1 G7 an ingest that stops cleanly says so first, and nobody is reported', async () => {
    const [leaving] = earshot.ingests;
    expect(await leaving?.end('SIGTERM')).toBe(0);
    await wait(TTL_MS + 5_000);
    await leaving?.start();
    await untilOk(`${leaving?.operationsUrl}/readyz`);
    await expectNobodyReported();
  }, 60_000);

  it('G1 an ingest that is killed is given up after its leave time, and nobody is reported', async () => {
    const [killed] = earshot.ingests;
    await killed?.end('SIGKILL');
    await wait(35_000);
    await killed?.start();
    await untilOk(`${killed?.operationsUrl}/readyz`);
    await expectNobodyReported();
  }, 90_000);

  it('H11 a liveness process that is killed leaves its partitions to the other', async () => {
    await earshot.livenesses[0]?.end('SIGKILL');
    await vi.waitFor(
      async () => {
        const { partitions } = await operator.ask<{ partitions: { condition: string }[] }>('/api/summary');
        expect(partitions.map(({ condition }) => condition)).toEqual(partitions.map(() => 'listening'));
      },
      { timeout: 30_000, interval: 500 },
    );
    await earshot.livenesses[0]?.start();
    await wait(TTL_MS);
    await expectNobodyReported();
  }, 90_000);

  it('H10 H37 a liveness process that was frozen longer than the ttl writes nothing old when it wakes up', async () => {
    earshot.livenesses[1]?.freeze(true);
    await wait(TTL_MS + 5_000);
    earshot.livenesses[1]?.freeze(false);
    await wait(TTL_MS);
    await expectNobodyReported();
  }, 90_000);

  it('the registry goes on being written when the engine that wrote it is killed', async () => {
    const writer = earshot.engines.find(({ url }) => url === earshot.engineUrl);
    const other = earshot.engines.find(({ url }) => url !== earshot.engineUrl);
    await writer?.end('SIGKILL');
    await vi.waitFor(
      async () => {
        const heir = operatorOf({ ...earshot, engineUrl: other?.url ?? '' });
        expect((await heir.send('POST', '/api/systems', { system_id: 'heir', fleet: 'fast' })).code).toBe(201);
      },
      { timeout: 30_000, interval: 500 },
    );
    await writer?.start();
    await untilOk(`${writer?.operationsUrl}/readyz`);
  }, 60_000);

  it('G2 a system that dies after all that is found, and its evidence names the outages', async () => {
    senders.silence('system-0');
    const died = await vi.waitFor(
      async () => {
        const offline = (await operator.transitions('system-0')).filter(({ to }) => to === 'offline');
        expect(offline).toHaveLength(1);
        return offline[0];
      },
      { timeout: 60_000, interval: 500 },
    );
    expect(died?.verdict).toMatchObject({ ttl_seconds: 15, rule: 'contiguous' });
    expect(disorder(await operator.transitions())).toEqual([]);
  }, 90_000);
});

import { LISTENER_LEAVE_MS } from '@earshot/contracts';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Deployment } from './deployment.ts';
import { DEPLOYMENTS } from './deployments.ts';
import { operatorOf } from './operator.ts';
import { type Senders, startSenders } from './sender.ts';

const TTL_MS = 15_000;
const SYSTEMS = Array.from({ length: 40 }, (_, n) => `system-${n}`);

describe.each(DEPLOYMENTS)('restart, $form', ({ start }) => {
  let earshot: Deployment | undefined;
  let senders: Senders | undefined;
  afterEach(async () => {
    await senders?.stop();
    await earshot?.destroy();
  });

  /** A deployment with a fleet that sends every 5 s and may be silent for 15. */
  const startWithFleet = async (): Promise<Deployment> => {
    const started = await start();
    earshot = started;
    const credential = await operatorOf(started).createFastFleet('fast');
    senders = startSenders({ url: () => started.ingestUrl, credential, systemIds: SYSTEMS, intervalMs: 5_000 });
    await vi.waitFor(async () => {
      const { totals } = await operatorOf(started).ask<{ totals: { online: number } }>('/api/summary');
      expect(totals.online).toBe(SYSTEMS.length);
    }, 15_000);
    return started;
  };

  it('G1 kill -9, down for longer than the ttl, and back: nobody who goes on sending is reported, who died is', async () => {
    const running = await startWithFleet();
    const operator = operatorOf(running);
    await running.kill();
    senders?.silence('system-0');
    await wait(TTL_MS + 5_000);
    await running.start();

    // The ingest that was killed is given up after its leave time, and only then a ttl of open time begins.
    const died = await vi.waitFor(
      async () => {
        const offline = (await operator.transitions()).filter(({ to }) => to === 'offline');
        expect(offline).not.toEqual([]);
        return offline;
      },
      { timeout: LISTENER_LEAVE_MS + TTL_MS + 15_000, interval: 500 },
    );
    expect(died.map(({ system_id: id }) => id)).toEqual(['system-0']);
    const transitions = await operator.transitions();
    expect(transitions.filter(({ to }) => to === 'online')).toHaveLength(SYSTEMS.length);
    const [verdict] = died.map((transition) => transition.verdict);
    expect(verdict?.outages.length).toBeGreaterThan(0);
    const { outages } = await operator.ask<{ outages: unknown[] }>('/api/outages');
    expect(outages).not.toEqual([]);
  }, 150_000);

  it('G7 a clean stop and start make no transition, and the acknowledged heartbeats are all there', async () => {
    const running = await startWithFleet();
    const operator = operatorOf(running);
    const before = await operator.transitions();
    expect(await running.stop()).toBe(0);
    const acknowledged = new Map(senders?.acknowledged);
    await running.start();
    await vi.waitFor(async () => {
      for (const [systemId, at] of acknowledged) {
        const lastSeen = Date.parse((await operator.system(systemId))?.last_seen ?? '');
        expect(lastSeen, systemId).toBeGreaterThanOrEqual(Date.parse(at));
      }
    }, 10_000);
    expect(await operator.transitions()).toEqual(before);
  }, 60_000);

  it('G8 S4 a projection that is lost is rebuilt to the same state, and nothing is published again', async () => {
    const running = await startWithFleet();
    const operator = operatorOf(running);
    const before = await operator.transitions();
    await running.kill();
    await running.loseProjection();
    await running.start();
    await vi.waitFor(async () => {
      const { totals } = await operator.ask<{ totals: { online: number } }>('/api/summary');
      expect(totals.online).toBe(SYSTEMS.length);
    }, 15_000);

    await running.loseProjection();
    const stored = await vi.waitFor(async () => {
      const system = await operator.system('system-1');
      expect(Date.parse(system?.last_seen ?? '')).toBeGreaterThanOrEqual(
        Date.parse(senders?.acknowledged.get('system-1') ?? ''),
      );
      return system;
    }, 15_000);
    expect(stored).toMatchObject({ state: 'online' });
    expect(await operator.transitions()).toEqual(before);
  }, 90_000);
});

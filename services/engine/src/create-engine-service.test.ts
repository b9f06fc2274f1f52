import { createManualClock, type ManualClock } from '@earshot/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fleetKey, REGISTRY_TOPIC, systemKey, toIso } from '@earshot/contracts';
import type { EventLog, Ownership } from '@earshot/event-log';
import { type LivenessStore, LivenessStoreError } from '@earshot/liveness-store';
import { fleetEntry, systemEntry, transition } from './testing/records.ts';
import {
  project,
  publication,
  registryEntry,
  type RunningEngine,
  startEngine,
  type StartEngine,
  systemRow,
} from './testing/start-engine.ts';

/** A store whose readings can be cut off. */
const cuttable = (store: LivenessStore): LivenessStore & { isCut: boolean } => {
  const cut = {
    ...store,
    isCut: false,
    readPartitions: () => (cut.isCut ? Promise.reject(gone()) : store.readPartitions()),
    readSystems: (partition: number, ids: readonly string[]) =>
      cut.isCut ? Promise.reject(gone()) : store.readSystems(partition, ids),
  };
  const gone = (): Error => new LivenessStoreError('EARSHOT_STORE_UNAVAILABLE', 'cut off by the test');
  return cut;
};

const DEFAULT_FLEET = registryEntry(fleetKey('default'), fleetEntry('default'));

describe('the engine service', () => {
  let clock: ManualClock;
  let engine: RunningEngine | undefined;
  let store: (LivenessStore & { isCut: boolean }) | undefined;
  beforeEach(() => {
    clock = createManualClock();
  });
  afterEach(async () => {
    await engine?.stop();
    engine = undefined;
  });

  const start = async (options: Omit<StartEngine, 'clock'> = {}): Promise<RunningEngine> => {
    const wrapStore = (real: LivenessStore): LivenessStore => (store = cuttable(real));
    engine = await startEngine({ wrapStore, ...options, clock });
    return engine;
  };
  const data = async (running: RunningEngine, target: string) => JSON.parse((await running.send(target)).text).data;
  /** Lets the loops have one more turn. */
  const turn = (): Promise<void> => clock.advance(1_000);
  const ready = async (running: RunningEngine): Promise<void> => {
    await turn();
    await vi.waitFor(() => expect(running.service.health()).toEqual({ ready: true, reasons: [] }));
  };

  it('is ready when it listens, has read the projection and has taken in what the log had', async () => {
    const running = await start({ records: [DEFAULT_FLEET] });
    expect((await running.send('/healthz', { token: null })).status).toBe(200);
    expect((await running.send('/readyz', { token: null })).status).toBe(503);
    await ready(running);
    const readyz = await running.send('/readyz', { token: null });
    expect(readyz.status).toBe(200);
    expect(JSON.parse(readyz.text).data.services).toEqual({ engine: { ready: true, reasons: [] } });
  });

  it('answers for the other services of its process as well', async () => {
    const otherServices = { ingest: () => ({ ready: false, reasons: ['credentials are not current'] }) };
    const running = await start({ options: { otherServices } });
    await ready(running);
    const readyz = await running.send('/readyz', { token: null });
    expect(readyz.status).toBe(503);
    expect(JSON.parse(readyz.text).data.services.ingest.reasons).toEqual(['credentials are not current']);
  });

  it('G10 stays ready without the projection, answers what it saw last with its old time, and says so', async () => {
    const proven = clock.wallNow();
    const running = await start({ records: [DEFAULT_FLEET, publication(transition('a', { occurredAt: proven }))] });
    await project(running.store, { proven, systems: [systemRow('a', proven)] });
    await ready(running);
    await vi.waitFor(async () => {
      await turn();
      expect(await data(running, '/api/systems')).toMatchObject({ projection: 'reachable', as_of: toIso(proven) });
    });
    if (store !== undefined) store.isCut = true;
    const list = await data(running, '/api/systems');
    expect(list).toMatchObject({ projection: 'unreachable', as_of: toIso(proven) });
    expect(list.systems).toMatchObject([{ system_id: 'a', state: 'online' }]);
    await turn();
    expect(await data(running, '/api/summary')).toMatchObject({
      projection: 'unreachable',
      as_of: toIso(proven),
      totals: { systems: 1, online: 1 },
    });
    expect(running.service.health().ready).toBe(true);
    if (store !== undefined) store.isCut = false;
    await turn();
    await vi.waitFor(async () => expect((await data(running, '/api/summary')).projection).toBe('reachable'));
  });

  it('stops its beat while it cannot observe, and goes on with it afterwards', async () => {
    const running = await start();
    await ready(running);
    const tick = async (): Promise<number> =>
      JSON.parse((await running.send('/api/system/heartbeat', { token: null })).text).tick;
    await vi.waitFor(async () => {
      await turn();
      expect(await tick()).toBeGreaterThan(1);
    });
    if (store !== undefined) store.isCut = true;
    await turn();
    const before = await tick();
    await clock.advance(10_000);
    expect(await tick()).toBe(before);
    if (store !== undefined) store.isCut = false;
    await vi.waitFor(async () => {
      await turn();
      expect(await tick()).toBeGreaterThan(before);
    });
  });

  it('enters systems that registered themselves, as soon as it writes the registry', async () => {
    const running = await start({ records: [DEFAULT_FLEET, publication(transition('0/1'))] });
    await ready(running);
    await vi.waitFor(async () => {
      await turn();
      expect((await running.send('/api/systems/0%2F1')).headers['etag']).toBeDefined();
    });
    expect(await data(running, '/api/systems/0%2F1')).toMatchObject({ system: { fleet: 'default', state: 'online' } });
  });

  it('ends a timed pause when its instant has come, and not before', async () => {
    const until = clock.wallNow() + 60_000;
    const paused = systemEntry('a', { paused: true, paused_until: until });
    const running = await start({ records: [DEFAULT_FLEET, registryEntry(systemKey('a'), paused)] });
    await ready(running);
    const isPaused = async (): Promise<boolean> => (await data(running, '/api/systems/a')).system.paused;
    await clock.advance(until - clock.wallNow() - 1_000);
    expect(await isPaused()).toBe(true);
    await vi.waitFor(async () => {
      await turn();
      expect(await isPaused()).toBe(false);
    });
  });

  it('G12 tells its metrics in closed series that begin at 0', async () => {
    const fleets = Array.from({ length: 15 }, (_, index) => `fleet-${index}`);
    const running = await start({
      records: fleets.flatMap((fleet, index) =>
        Array.from({ length: index + 1 }, (_, system) =>
          publication(transition(`${fleet}/${system}`, { fleet, position: index * 100 + system })),
        ),
      ),
    });
    await ready(running);
    await turn();
    const read = async (): Promise<string> => (await running.send('/metrics', { token: null })).text;
    await vi.waitFor(async () => {
      await turn();
      expect(await read()).toContain('earshot_engine_systems{state="online"} 120');
    });
    const text = await read();
    const series = text.split('\n').filter((line) => line.startsWith('earshot_'));
    expect(series).toContain('earshot_engine_systems{state="unseen"} 0');
    expect(series).toContain('earshot_engine_systems_late 0');
    expect(series).toContain('earshot_engine_fleet_silence 0');
    expect(series).toContain('earshot_build_info{version="0.1.0",build="2aae3712",mode="embedded"} 1');
    expect(series).toContain('earshot_engine_http_requests_total{surface="change",status="5xx"} 0');
    expect(series).toContain('earshot_engine_fleet_systems{fleet="fleet-14",state="online"} 15');
    /** 1 + 2 + 3 + 4 + 5 systems are not in the ten largest fleets. */
    expect(series).toContain('earshot_engine_fleet_systems{fleet="other",state="online"} 15');
    expect(series.length).toBeLessThan(90);
  });

  it('answers changes with 503 while another engine writes the registry, and writes it when that one has gone', async () => {
    let other: Ownership | undefined;
    const before = async (log: EventLog): Promise<void> => {
      other = await log.own(REGISTRY_TOPIC, 'registry', {
        assigned: (_partition, bounds) => Promise.resolve(bounds.end),
        records: () => Promise.resolve(),
        revoked: () => undefined,
        failed: () => undefined,
      });
    };
    const running = await start({ records: [DEFAULT_FLEET], before });
    await ready(running);
    const post = () => running.send('/api/systems', { method: 'POST', body: { system_id: 'a' } });
    const refused = await post();
    expect(refused.status).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(2);
    await other?.stop();
    await vi.waitFor(async () => expect((await post()).status).toBe(201));
  });

  it('stops twice, and leaves no timer behind', async () => {
    const running = await start();
    await ready(running);
    await running.service.stop();
    await running.service.stop();
    expect(running.service.url()).toBe('');
    expect(clock.waiting()).toBe(0);
  });
});

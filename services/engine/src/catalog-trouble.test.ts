import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fleetKey, toIso } from '@earshot/contracts';
import { createFaultyLog, createManualClock, type ManualClock } from '@earshot/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { damageFile } from './testing/damage-file.ts';
import { type ReadyEngine, startReadyEngine } from './testing/ready-engine.ts';
import { fleetEntry, transition } from './testing/records.ts';
import { project, publication, registryEntry, startEngine, systemRow } from './testing/start-engine.ts';

/** What an engine says while its catalog does not follow the log, or cannot be read. */
describe('an engine whose catalog is in trouble', () => {
  let folder: string;
  let path: string;
  let clock: ManualClock;
  let engine: ReadyEngine;
  let position: number;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-catalog-trouble-'));
    path = join(folder, 'catalog.db');
    clock = createManualClock();
    position = 0;
    engine = await startReadyEngine(clock, {
      options: { catalogPath: path },
      records: [registryEntry(fleetKey('default'), fleetEntry('default')), online()],
    });
    await project(engine.store, { proven: clock.wallNow(), systems: [systemRow('a', clock.wallNow())] });
    await second();
  });
  afterEach(async () => {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const online = () => publication(transition('a', { position: 1, occurredAt: clock.wallNow() }));
  const offline = () =>
    publication(transition('a', { position: 2, sequence: 2, to: 'offline', occurredAt: clock.wallNow() }));
  /** One second in which the partitions' owner goes on, and everything that falls due has its turns of the event loop. */
  const second = async (): Promise<void> => {
    await clock.advance(1_000);
    for (let turn = 0; turn < 100; turn += 1) await nextTurn();
  };
  const seconds = async (count: number): Promise<void> => {
    for (let each = 0; each < count; each += 1) {
      position += 1;
      await project(engine.store, {
        proven: clock.wallNow(),
        state: { position },
        expected: position - 1,
      });
      await second();
    }
  };
  const readyReasons = async (): Promise<readonly string[]> =>
    JSON.parse((await engine.send('/readyz')).text).data.services.engine.reasons;
  const LISTS = ['/api/systems', '/api/systems/a', '/api/transitions', '/api/outages', '/api/incidents', '/api/fleets'];

  it('G10 answers with the time at which the catalog had everything, says that it is behind, and is not ready after 10 s', async () => {
    await seconds(1);
    const before = (await engine.data('/api/summary'))['as_of'];
    expect(before).toBe(toIso(clock.wallNow() - 1_000));
    const holder = new DatabaseSync(path);
    holder.exec('BEGIN IMMEDIATE');
    await engine.log.append([offline()]);
    await seconds(3);
    expect(await engine.data('/api/summary')).toMatchObject({ catalog: 'complete', as_of: before });
    await seconds(2);
    expect(await engine.data('/api/summary')).toMatchObject({
      catalog: 'behind',
      as_of: before,
      totals: { online: 1, offline: 0 },
      projection: 'reachable',
    });
    for (const list of LISTS) expect(await engine.data(list), list).toMatchObject({ as_of: before });
    expect(await readyReasons()).toEqual([]);
    await seconds(6);
    expect((await engine.send('/readyz')).status).toBe(503);
    expect(await readyReasons()).toEqual(['the catalog is behind the log']);
    holder.exec('ROLLBACK');
    holder.close();
    await seconds(3);
    expect(await engine.data('/api/summary')).toMatchObject({
      catalog: 'complete',
      as_of: toIso(clock.wallNow() - 1_000),
      totals: { online: 0, offline: 1 },
    });
    expect(await readyReasons()).toEqual([]);
  });

  it('G10 goes on with the present while nothing happens that the catalog would have to take in', async () => {
    const holder = new DatabaseSync(path);
    holder.exec('BEGIN IMMEDIATE');
    await seconds(15);
    expect(await engine.data('/api/summary')).toMatchObject({
      catalog: 'complete',
      as_of: toIso(clock.wallNow() - 1_000),
    });
    expect(await readyReasons()).toEqual([]);
    holder.exec('ROLLBACK');
    holder.close();
  });

  it('G4 G10 answers 503 with Retry-After while the catalog cannot be read, and fills it anew by itself', async () => {
    await seconds(1);
    const { as_of: before } = await engine.data('/api/summary');
    damageFile(path);
    for (const list of LISTS) {
      const answered = await engine.send(list);
      expect([answered.status, answered.text], list).toEqual([
        503,
        '{"code":503,"message":"service unavailable","data":{}}',
      ]);
      expect(Number(answered.headers['retry-after']), list).toBeGreaterThanOrEqual(2);
    }
    expect((await engine.send('/api/systems', { token: 'a'.repeat(40) })).status).toBe(503);
    expect((await engine.send('/readyz')).status).toBe(503);
    expect(await engine.data('/api/summary')).toMatchObject({
      catalog: 'filling',
      as_of: before,
      totals: { systems: 1, online: 1 },
    });
    await engine.log.append([offline()]);
    await seconds(3);
    await vi.waitFor(async () => expect(await readyReasons()).toEqual([]));
    await seconds(1);
    expect(existsSync(`${path}.unusable`)).toBe(true);
    expect(await engine.data('/api/systems?state=offline')).toMatchObject({
      systems: [{ system_id: 'a' }],
      as_of: toIso(clock.wallNow() - 1_000),
    });
    expect((await engine.send('/api/systems', { token: 'a'.repeat(40) })).status).toBe(401);
  });

  it('G4 says of nothing that it does not exist before the catalog is whole', async () => {
    await engine.stop();
    const opening = Promise.withResolvers<void>();
    const filling = await startEngine({
      clock,
      records: [registryEntry(fleetKey('default'), fleetEntry('default'))],
      wrapLog: (log) => ({
        ...createFaultyLog(log),
        readTable: async (topic, partition, handler) => {
          await opening.promise;
          return log.readTable(topic, partition, handler);
        },
      }),
    });
    await second();
    const statuses = async (): Promise<readonly number[]> => {
      const answers = await Promise.all([
        filling.send('/api/systems'),
        filling.send('/api/systems/nobody'),
        filling.send('/api/systems', { token: 'a'.repeat(40) }),
        filling.send('/api/summary'),
      ]);
      return answers.map(({ status }) => status);
    };
    expect(await statuses()).toEqual([503, 503, 503, 200]);
    expect(JSON.parse((await filling.send('/api/summary')).text).data).toMatchObject({
      catalog: 'filling',
      as_of: null,
    });
    opening.resolve();
    await vi.waitFor(async () => expect(await statuses()).toEqual([200, 404, 401, 200]));
    await filling.stop();
  });
});

import type { PartitionBounds } from '@earshot/event-log';
import { systemKey } from '@earshot/contracts';
import { createManualClock, type ManualClock } from '@earshot/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRegistryReader } from './registry-reader.ts';
import { verifyCredential } from './secrets.ts';
import { credentialEntry, fleetEntry, recordOf, systemEntry, tombstone } from './testing/entries.ts';
import { openTestRegistry, type TestRegistry } from './testing/test-registry.ts';

const lifts = recordOf(0, fleetEntry('lifts'));
const system = (id: string) => recordOf(0, systemEntry(id, { credentials: [credentialEntry(id)] }));

let clock: ManualClock;
let registry: TestRegistry;
beforeEach(async () => {
  clock = createManualClock();
  registry = await openTestRegistry(clock);
});
afterEach(() => registry.close());

describe('createRegistryReader', () => {
  it('is caught up and current when it has started', async () => {
    const { reader, write } = registry;
    await write([lifts, system('a'), { key: 'log', value: '{"type":"log","id":"abc"}' }]);
    expect([reader.currency(), reader.logId(), reader.view.system('a')]).toEqual(['unknown', null, null]);
    await reader.start();
    expect([reader.currency(), reader.logId(), reader.view.fleet('lifts')?.systems]).toEqual(['current', 'abc', 1]);
    expect(reader.view.owner('a')?.kind).toBe('system');
    expect(registry.told).toEqual(['1:fleet/lifts', '1:system/a', '1:log', '1 caught up']);
  });

  it('is current over an empty registry', async () => {
    await registry.reader.start();
    expect(registry.reader.currency()).toBe('current');
  });

  it('H24 knows of a revocation when it is reached, and of nothing before', async () => {
    const { reader, write } = registry;
    await write([lifts, system('a')]);
    await reader.start();
    const verify = (): string | null => verifyCredential(reader.view.owner('a')?.credentials ?? [], 'secret-of-a');
    expect(verify()).toBe('a');
    const position = await write([recordOf(0, systemEntry('a'))]);
    await reader.reached(position + 1);
    expect(verify()).toBeNull();
  });

  it('H44 stays current only by asking once a second, from the moment of the question', async () => {
    const { reader, log } = registry;
    await reader.start();
    await clock.advance(30_000);
    expect(reader.currency()).toBe('current');
    let asked = 0;
    log.endsInstead = () => {
      asked += 1;
      return Promise.reject(new Error('on purpose'));
    };
    await clock.advance(5_000);
    expect([asked, reader.currency()]).toEqual([5, 'current']);
    await clock.advance(1);
    expect(reader.currency()).toBe('ageing');
    await clock.advance(59_999);
    expect(reader.currency()).toBe('ageing');
    await clock.advance(1);
    expect(reader.currency()).toBe('unknown');
    expect(registry.errors).toHaveLength(65);
    log.endsInstead = null;
    await clock.advance(1_000);
    expect(reader.currency()).toBe('current');
  });

  it('H44 a question that hangs does not keep it current, and is asked again', async () => {
    const { reader, log } = registry;
    await reader.start();
    let asked = 0;
    log.endsInstead = () => {
      asked += 1;
      return new Promise(() => undefined);
    };
    await clock.advance(5_001);
    expect([asked, reader.currency()]).toEqual([2, 'ageing']);
    await clock.advance(60_000);
    expect(reader.currency()).toBe('unknown');
    log.endsInstead = null;
    await clock.advance(3_000);
    expect(reader.currency()).toBe('current');
  });

  it('H44 counts from the question, not from the answer, and drops one that comes too late', async () => {
    const { reader, log, sqlite } = registry;
    await reader.start();
    const answers: (() => void)[] = [];
    log.endsInstead = () => new Promise((resolve) => answers.push(() => void sqlite.ends('registry.v1').then(resolve)));
    await clock.advance(2_900);
    answers.shift()?.();
    await clock.advance(3_100);
    expect([clock.monotonicNow(), reader.currency()]).toEqual([6_000, 'current']);
    await clock.advance(1);
    expect(reader.currency()).toBe('ageing');
    answers.shift()?.();
    await clock.advance(0);
    expect(reader.currency()).toBe('ageing');
  });

  it('H44 behind the log’s end it is current again as of the question, when it has come there', async () => {
    const { reader, log, write } = registry;
    await reader.start();
    const beyond: PartitionBounds = { partition: 0, first: 0, end: 1 };
    log.endsInstead = () => Promise.resolve([beyond]);
    await clock.advance(5_001);
    expect(reader.currency()).toBe('ageing');
    const position = await write([lifts]);
    await reader.reached(position + 1);
    expect([clock.monotonicNow(), reader.currency()]).toEqual([5_001, 'current']);
    log.endsInstead = () => new Promise(() => undefined);
    await clock.advance(999);
    expect(reader.currency()).toBe('current');
    await clock.advance(1);
    expect(reader.currency()).toBe('ageing');
  });

  it('H38 reads the table anew when the log ends before what was read of it', async () => {
    const { reader, log, write } = registry;
    await write([lifts, system('a')]);
    await reader.start();
    log.endsInstead = () => Promise.resolve([{ partition: 0, first: 0, end: 1 }]);
    await clock.advance(1_000);
    expect(registry.errors).toMatchObject([{ code: 'EARSHOT_REGISTRY_OTHER_LOG' }]);
    log.endsInstead = null;
    await clock.advance(1_000);
    expect(registry.told.slice(3)).toEqual(['2:fleet/lifts', '2:system/a', '2 caught up']);
    expect(reader.currency()).toBe('current');
  });

  it('keeps what it knew while it reads anew, and then forgets what was compacted away', async () => {
    const { reader, log, write, sqlite } = registry;
    await write([lifts, system('a'), system('b')]);
    await reader.start();
    const reading = Promise.withResolvers<void>();
    log.beforeReading = () => reading.promise;
    log.failReadings();
    await write([tombstone(0, systemKey('a')), lifts]);
    await sqlite.maintain();
    await clock.advance(7_000);
    expect(reader.view.system('a')).not.toBeNull();
    expect(reader.currency()).toBe('ageing');
    reading.resolve();
    await clock.advance(1_000);
    await reader.reached(5);
    expect([reader.view.system('a'), reader.view.fleet('lifts')?.systems, reader.currency()]).toEqual([
      null,
      1,
      'current',
    ]);
    expect(registry.errors).toMatchObject([{ code: 'EARSHOT_LOG_UNAVAILABLE' }]);
  });

  it('starts when the log can be read at last, waiting longer each time', async () => {
    const { reader, log, write } = registry;
    await write([lifts]);
    const attempts: number[] = [];
    let isUnavailable = true;
    log.beforeReading = () => {
      attempts.push(clock.monotonicNow());
      return isUnavailable ? Promise.reject(new Error('on purpose')) : Promise.resolve();
    };
    let hasStarted = false;
    const started = reader.start().then(() => (hasStarted = true));
    await clock.advance(20_000);
    expect(attempts).toEqual([0, 100, 300, 700, 1_500, 3_100, 6_300, 11_300, 16_300]);
    expect([hasStarted, reader.currency(), registry.errors.length]).toEqual([false, 'unknown', 9]);
    isUnavailable = false;
    await clock.advance(5_000);
    await started;
    expect(reader.view.fleet('lifts')).not.toBeNull();
  });

  it('stops while the log cannot be read, and while it does not answer at all', async () => {
    const { reader, log } = registry;
    log.beforeReading = () => new Promise(() => undefined);
    const started = reader.start();
    await clock.advance(1_000);
    await reader.stop();
    await started;
    await reader.stop();
    await reader.start();
    expect([reader.currency(), clock.waiting()]).toEqual(['unknown', 0]);
  });

  it('ages after it was stopped, and is told nothing more', async () => {
    const { reader, write } = registry;
    await reader.start();
    await reader.stop();
    await write([lifts]);
    await clock.advance(65_001);
    expect([reader.currency(), reader.view.fleet('lifts'), clock.waiting()]).toEqual(['unknown', null, 0]);
  });

  it('rejects what is not reached in time', async () => {
    const { reader } = registry;
    await reader.start();
    const late = reader.reached(1).catch((error: unknown) => error);
    await clock.advance(5_000);
    expect(await late).toMatchObject({ code: 'EARSHOT_REGISTRY_BEHIND' });
  });

  it('H23 tells of what it cannot read and goes on', async () => {
    const { reader, write } = registry;
    await write([{ key: systemKey('a'), value: '{' }, lifts]);
    await reader.start();
    expect([reader.view.fleet('lifts')?.revision, reader.view.system('a')]).toEqual([1, null]);
    expect(registry.told).toContain('unreadable system/a: not_json');
  });

  it('reads the table anew after a callback of its owner threw', async () => {
    await registry.write([lifts]);
    const failed = Promise.withResolvers<unknown>();
    const reader = createRegistryReader({
      log: registry.sqlite,
      clock,
      onRecords: (_records, reading) => {
        if (reading === 1) throw new Error('on purpose');
      },
      onError: failed.resolve,
    });
    const started = reader.start();
    expect(await failed.promise).toMatchObject({ code: 'EARSHOT_LOG_HANDLER_FAILED' });
    await clock.advance(100);
    await started;
    expect(reader.view.fleet('lifts')).not.toBeNull();
    await reader.stop();
  });
});

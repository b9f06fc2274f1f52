import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicSpecs } from '@earshot/contracts';
import { openSqliteEventLog, type SqliteEventLog } from '@earshot/event-log/sqlite';
import {
  createLogRegistryWriter,
  createRegistryReader,
  type LogRegistryWriter,
  type RegistryReader,
  verifyCredential,
} from '@earshot/registry';
import { systemClock } from '@earshot/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensureFirstFleet, FIRST_FLEET } from './first-fleet.ts';

let root = '';
let log: SqliteEventLog;
let reader: RegistryReader;
let writer: LogRegistryWriter;
let isWriter = true;
beforeEach(async () => {
  isWriter = true;
  root = mkdtempSync(join(tmpdir(), 'earshot-first-'));
  log = await openSqliteEventLog({ path: null });
  await log.prepare(topicSpecs({ partitions: 1 }));
  reader = createRegistryReader({ log, clock: systemClock });
  await reader.start();
  writer = createLogRegistryWriter({
    log,
    entries: {
      system: () => null,
      fleet: () => knownFleet(),
      hasSystems: () => false,
      reached: (end) => reader.reached(end),
    },
    partitions: 1,
    clock: systemClock,
    isWriter: () => isWriter,
    isKnownToLiveness: () => Promise.resolve(false),
  });
});
afterEach(async () => {
  await writer.stop();
  await reader.stop();
  await log.close();
  rmSync(root, { recursive: true });
});

/** The writer's view of the one fleet there can be. */
const knownFleet = () => {
  const fleet = reader.view.fleet(FIRST_FLEET);
  if (fleet === null) return null;
  const credentials = (reader.view.owner(FIRST_FLEET)?.credentials ?? []).map(({ id, sha256, salt }) => ({
    id,
    salt,
    sha256: Buffer.from(sha256).toString('hex'),
    created_at: 0,
  }));
  const settings = { interval_ms: 600_000, ttl_ms: 1_500_000, auto_register: true, max_systems: 10, covers_own: false };
  return {
    entry: { type: 'fleet' as const, name: FIRST_FLEET, ...settings, credentials, changed_at: 0 },
    revision: fleet.revision,
  };
};
const ensure = () =>
  ensureFirstFleet({
    registry: writer,
    view: reader.view,
    clock: systemClock,
    fleet: { intervalMs: 600_000, ttlMs: 1_500_000 },
    path: join(root, 'first-credential'),
  });
const kept = (): string => readFileSync(join(root, 'first-credential'), 'utf8').trim();
const works = (secret: string): boolean =>
  verifyCredential(reader.view.owner(FIRST_FLEET)?.credentials ?? [], secret) !== null;

describe('the first fleet', () => {
  it('is made at the first start, its secret kept, and left alone afterwards', async () => {
    const credential = await ensure();
    expect(credential?.username).toBe(FIRST_FLEET);
    expect(kept()).toBe(credential?.password);
    expect(works(kept())).toBe(true);
    expect(await ensure()).toBeNull();
    expect(works(kept())).toBe(true);
  });

  it('gets a secret that somebody knows when the first start was cut off before it was kept', async () => {
    await ensure();
    rmSync(join(root, 'first-credential'));
    const credential = await ensure();
    expect(credential).not.toBeNull();
    expect(works(kept())).toBe(true);
  });

  it('waits until the engine writes the registry', async () => {
    isWriter = false;
    const made = ensure();
    setImmediate(() => {
      expect(existsSync(join(root, 'first-credential'))).toBe(false);
      isWriter = true;
    });
    expect((await made)?.username).toBe(FIRST_FLEET);
  });
});

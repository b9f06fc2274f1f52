import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Deployment } from './deployment.ts';
import { startEmbedded } from './embedded-deployment.ts';
import { operatorOf } from './operator.ts';
import { sendHeartbeat, type Senders, startSenders } from './sender.ts';

const TTL_MS = 15_000;
const DISK_MIB = 64;
const SYSTEMS = Array.from({ length: 20 }, (_, n) => `system-${n}`);

/** A disk of its own that can be filled; null with the reason where this user may not mount one. */
const mountSmallDisk = (): { readonly path: string } | { readonly reason: string } => {
  const path = mkdtempSync(join(tmpdir(), 'earshot-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'earshot-test', path], { stdio: 'pipe' });
    return { path };
  } catch (error) {
    rmSync(path, { recursive: true });
    return { reason: error instanceof Error ? error.message.trim() : String(error) };
  }
};

const disk = mountSmallDisk();
if ('reason' in disk) process.stderr.write(`disk-full skipped: no small disk can be mounted (${disk.reason})\n`);

/** Writes until there is no room left; answers how to make room again. */
const fill = (directory: string): (() => void) => {
  const path = join(directory, 'filler');
  const file = openSync(path, 'w');
  for (let size = 1_048_576; size >= 1;) {
    try {
      writeSync(file, Buffer.alloc(size));
    } catch {
      size = Math.floor(size / 2);
    }
  }
  closeSync(file);
  return () => rmSync(path);
};

describe.runIf('path' in disk)('a full disk, embedded', () => {
  const directory = 'path' in disk ? disk.path : '';
  let earshot: Deployment;
  let senders: Senders | undefined;
  beforeAll(async () => {
    earshot = await startEmbedded({ dataDirectory: directory });
  });
  afterEach(() => senders?.stop());
  afterAll(async () => {
    await earshot.destroy();
    execFileSync('umount', [directory]);
    rmSync(directory, { recursive: true });
  });

  it('H21 G3 G4 is answered 503, closes time, recovers by itself, loses nothing acknowledged and reports nobody', async () => {
    const operator = operatorOf(earshot);
    const credential = await operator.createFastFleet('fast');
    senders = startSenders({ url: () => earshot.ingestUrl, credential, systemIds: SYSTEMS, intervalMs: 5_000 });
    await vi.waitFor(async () => {
      const { totals } = await operator.ask<{ totals: { online: number } }>('/api/summary');
      expect(totals.online).toBe(SYSTEMS.length);
    }, 15_000);

    const makeRoom = fill(directory);
    const refused = await vi.waitFor(async () => {
      const answer = await sendHeartbeat(earshot.ingestUrl, credential, 'system-0');
      expect(answer.status).toBe(503);
      return answer;
    }, 10_000);
    expect(refused.text).toBe('{"code":503,"message":"service unavailable","data":{}}');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(2);
    await vi.waitFor(async () => expect((await fetch(`${earshot.engineUrl}/readyz`)).status).toBe(503), 10_000);
    await wait(TTL_MS + 5_000);
    expect((await fetch(`${earshot.engineUrl}/healthz`)).status).toBe(200);
    const acknowledged = new Map(senders.acknowledged);

    makeRoom();
    await vi.waitFor(async () => {
      expect((await sendHeartbeat(earshot.ingestUrl, credential, 'system-0')).status).toBe(200);
      expect((await fetch(`${earshot.engineUrl}/readyz`)).status).toBe(200);
    }, 15_000);
    await vi.waitFor(async () => {
      for (const [systemId, at] of acknowledged) {
        const lastSeen = Date.parse((await operator.system(systemId))?.last_seen ?? '');
        expect(lastSeen, systemId).toBeGreaterThanOrEqual(Date.parse(at));
      }
    }, 10_000);
    await wait(TTL_MS + 2_000);
    expect((await operator.transitions()).filter(({ to }) => to === 'offline')).toEqual([]);
    const { outages } = await operator.ask<{ outages: unknown[] }>('/api/outages');
    expect(outages.length).toBeGreaterThan(0);
  }, 120_000);
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readyLineOf } from './embedded-deployment.ts';

const ROOT = join(import.meta.dirname, '..', '..');

describe('npm start', () => {
  let dataDirectory = '';
  let npm: ChildProcess;
  beforeEach(() => {
    dataDirectory = mkdtempSync(join(tmpdir(), 'earshot-npm-'));
    npm = spawn('npm', ['start', '--silent'], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, EARSHOT_DATA_DIR: dataDirectory, EARSHOT_INGEST_PORT: '0', EARSHOT_ENGINE_PORT: '0' },
    });
  });
  afterEach(() => {
    npm.kill('SIGKILL');
    rmSync(dataDirectory, { recursive: true, force: true });
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'H45 hands %s to the product, which ends with exit code 0 and leaves nobody behind',
    async (signal) => {
      const { engine } = await readyLineOf(npm);
      const { pid } = (await (await fetch(`${engine}/api/system/heartbeat`)).json()) as { pid: number };
      const exited = once(npm, 'exit');
      npm.kill(signal);
      expect(await exited).toEqual([0, null]);
      expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    },
  );

  it('goes on listening when whoever read its output has gone', async () => {
    const { ingest, engine } = await readyLineOf(npm);
    npm.stdout?.destroy();
    npm.stderr?.destroy();
    for (let n = 0; n < 3; n += 1) {
      expect((await fetch(`${engine}/api/fleets`, { method: 'POST' })).status).toBe(401);
      expect((await fetch(`${ingest}/api/systems/heartbeat`, { method: 'POST' })).status).toBe(401);
    }
    const exited = once(npm, 'exit');
    npm.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  });
});

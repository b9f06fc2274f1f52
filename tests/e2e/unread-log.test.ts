import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sendHeartbeat } from './sender.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** Each makes a line of about 200 bytes; a pipe holds 64 KiB. */
const FLEETS = 600;

describe('a log that nobody reads', () => {
  let directory = '';
  let child: ChildProcess;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'earshot-unread-'));
    child = spawn(process.execPath, ['services/standalone/src/main.ts'], {
      cwd: ROOT,
      // Nobody ever reads the third: what is written there stays in the pipe.
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, EARSHOT_DATA_DIR: directory, EARSHOT_INGEST_PORT: '0', EARSHOT_ENGINE_PORT: '0' },
    });
  });
  afterEach(() => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  it('G1 does not stop the listening, nor the end', async () => {
    const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
    const { ingest, engine } = JSON.parse(line) as { ingest: string; engine: string };
    const secret = (name: string): string => readFileSync(join(directory, name), 'utf8').trim();
    const headers = { authorization: `Bearer ${secret('operator-token')}`, 'content-type': 'application/json' };
    for (let n = 0; n < FLEETS; n += 1) {
      const response = await fetch(`${engine}/api/fleets`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ name: `fleet-${n}` }),
      });
      expect(response.status).toBe(201);
    }
    const answer = await sendHeartbeat(ingest, { username: 'default', password: secret('first-credential') }, 'a');
    expect(answer.status).toBe(200);
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  }, 60_000);
});

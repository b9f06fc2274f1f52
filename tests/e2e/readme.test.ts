import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deployment } from './deployment.ts';
import { startEmbedded } from './embedded-deployment.ts';

const README = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
const SHELL_BLOCKS = [...README.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
const CURLS = SHELL_BLOCKS.flatMap((block) => block.split('\n')).filter((line) => line.startsWith('curl '));
const run = promisify(execFile);

/** Runs the README's own words, but for where it is this time. */
describe('README', () => {
  const directory = mkdtempSync(join(tmpdir(), 'earshot-readme-'));
  let earshot: Deployment;
  beforeAll(async () => {
    earshot = await startEmbedded({ dataDirectory: directory });
  });
  afterAll(async () => {
    await earshot.destroy();
    rmSync(directory, { recursive: true });
  });
  const here = (command: string): string =>
    command
      .replaceAll('http://127.0.0.1:7410', earshot.ingestUrl)
      .replaceAll('http://127.0.0.1:7411', earshot.engineUrl)
      .replaceAll('cat data/', `cat ${directory}/`)
      .replace(/^curl /, 'curl --silent --show-error --fail-with-body ');

  it('has commands to try', () => {
    expect(CURLS.length).toBeGreaterThanOrEqual(5);
  });

  it.each(CURLS)('%s works as pasted', async (command) => {
    const { stdout } = await run('sh', ['-c', here(command)]);
    expect(stdout).not.toBe('');
  });

  it('shows the answer that a heartbeat gets', async () => {
    const shown = /```text\n(\{.*)\n```/.exec(README)?.[1] ?? '';
    const { stdout } = await run('sh', ['-c', here(CURLS[0] ?? '')]);
    const withoutTime = (answer: string): string => answer.replace(/"last_heartbeat":"[^"]+"/, '"last_heartbeat":""');
    expect(withoutTime(stdout)).toBe(withoutTime(shown));
  });
});

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const COMMAND = fileURLToPath(new URL('./replay.ts', import.meta.url));
const TIMEOUT_MS = 30_000;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as npm does: somewhere else than where its caller is. */
const replay = (words: readonly string[], input = ''): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [COMMAND, ...words], {
      cwd: tmpdir(),
      env: { ...process.env, INIT_CWD: folder },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.on('error', () => {}).end(input);
  });

const heartbeat = (position: number, key: string): string =>
  JSON.stringify({ position, appendedAt: 1_000 + position, key, value: { type: 'heartbeat', ttl_ms: 15_000 } });
const online = (position: number, key: string): string => {
  const at = 1_000 + position;
  const first = { id: `${position}/${key}`, system_id: key, sequence: 1, to: 'online' };
  return JSON.stringify({ ...first, occurred_at: at, decided_at: at });
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earshot-replay-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the command replay', { timeout: TIMEOUT_MS }, () => {
  it('reads a file beside its caller and prints what comes of it, and nothing else', async () => {
    await writeFile(join(folder, 'records.ndjson'), `${heartbeat(0, 'a')}\n\n${heartbeat(1, 'b')}`);
    const { code, stdout, stderr } = await replay(['--file', 'records.ndjson']);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${online(0, 'a')}\n${online(1, 'b')}\n`, stderr: '' });
  });

  it('reads standard input, takes partition and ttl', async () => {
    const knock = { position: 9, appendedAt: 9_000, key: null, value: { type: 'knock', ingest: 'i', n: 1 } };
    const knocks = [11, 13, 15].map((second, index) =>
      JSON.stringify({
        ...knock,
        position: second,
        appendedAt: second * 1_000,
        value: { ...knock.value, n: 2 + index },
      }),
    );
    const words = ['--file', '-', '--partition', '7', '--ttl', '2'];
    const { code, stdout } = await replay(words, [heartbeat(0, 'a'), JSON.stringify(knock), ...knocks].join('\n'));
    expect(code).toBe(0);
    expect(stdout).toContain('"id":"7/9/outage-recorded"');
    expect(stdout).toContain('"id":"11/a"');
  });

  it('says which lines it refuses and why, goes on, and ends with 3', async () => {
    const { code, stdout, stderr } = await replay(['--file', '-'], `{\n${heartbeat(4, 'a')}\n${heartbeat(4, 'b')}\n`);
    expect(code).toBe(3);
    expect(stdout).toBe(`${online(4, 'a')}\n`);
    expect(stderr).toContain('line 1: not JSON');
    expect(stderr).toContain('line 3: position 4 is not above 4');
    expect(stderr).toContain('2 lines refused');
  });

  it('tells of a record that no schema fits, and ends with 0', async () => {
    const { code, stderr } = await replay(['--file', '-'], '{"position":2,"appendedAt":3,"value":{}}');
    expect(code).toBe(0);
    expect(stderr).toContain('line 1: position 2 holds no record that any schema fits (unknown_type)');
  });

  it('G12 refuses a line above 1 MiB, complains of 100 lines and counts the rest', async () => {
    const { code, stderr } = await replay(['--file', '-'], `${'x'.repeat(1_048_577)}\n${'x\n'.repeat(150)}`);
    expect(code).toBe(3);
    expect(stderr).toContain('line 1: longer than 1048576 bytes');
    expect(stderr.split('\n').filter((line) => line.includes(': line '))).toHaveLength(100);
    expect(stderr).toContain('and 51 more such lines');
  });

  it.each([
    { words: [], says: '--file is missing' },
    { words: ['--file', 'x', '--partition', 'one'], says: '--partition' },
    { words: ['--file', 'x', '--ttl', 'long'], says: '--ttl' },
    { words: ['--file', 'x', '--ttl', '0'], says: '--ttl' },
    { words: ['--fiel', 'x'], says: '--fiel' },
    { words: ['records.ndjson'], says: 'records.ndjson' },
  ])('ends with 2 for $words', async ({ words, says }) => {
    const { code, stdout, stderr } = await replay(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr).toContain('usage:');
  });

  it.each(['nowhere.ndjson', '.'])('ends with 1 for the file %s', async (file) => {
    const { code, stdout, stderr } = await replay(['--file', file]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`cannot read ${file}`);
  });

  it('is quiet when its reader goes away', async () => {
    const child = spawn(process.execPath, [COMMAND, '--file', '-'], { stdio: ['pipe', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = new Promise((resolve) => child.on('close', resolve));
    child.stdin.on('error', () => {});
    child.stdout.once('data', () => child.stdout.destroy());
    for (let position = 0; position < 20_000; position += 1)
      child.stdin.write(`${heartbeat(position, `s-${position}`)}\n`);
    child.stdin.end();
    expect(await ended).toBe(0);
    expect(stderr).toBe('');
  });
});

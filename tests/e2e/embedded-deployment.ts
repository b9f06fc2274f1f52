import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Deployment, DeploymentOptions } from './deployment.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MAIN = join(ROOT, 'services', 'standalone', 'src', 'main.ts');

interface Ready {
  readonly ingest: string;
  readonly engine: string;
}

/** Resolves with the ready line of a process, or rejects with what it said instead. */
export const readyLineOf = async (child: ChildProcess): Promise<Ready> => {
  const said: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  if (child.stdout === null) throw new Error('standard output must be a pipe');
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as Ready & { readonly event: string };
    if (event.event === 'ready') return event;
  }
  throw new Error(`Earshot ended before it was ready:\n${said.join('')}`);
};

const portOf = (url: string): string => new URL(url).port;

/** The whole product in one process on SQLite, started as a user would start it. */
export const startEmbedded = async (options: DeploymentOptions = {}): Promise<Deployment> => {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'earshot-e2e-'));
  let ports = { ingest: '0', engine: '0' };
  let child: ChildProcess | undefined;
  let urls: Ready = { ingest: '', engine: '' };

  const start = async (): Promise<void> => {
    child = spawn(process.execPath, [MAIN], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        EARSHOT_DATA_DIR: dataDirectory,
        EARSHOT_INGEST_PORT: ports.ingest,
        EARSHOT_ENGINE_PORT: ports.engine,
        EARSHOT_LOG_FORMAT: 'json',
        ...options.settings,
      },
    });
    urls = await readyLineOf(child);
    ports = { ingest: portOf(urls.ingest), engine: portOf(urls.engine) };
  };
  const end = async (signal: NodeJS.Signals): Promise<number> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? 0;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code ?? -1;
  };
  const secret = (name: string): string => readFileSync(join(dataDirectory, name), 'utf8').trim();

  // A test that is cut off must not leave anything behind.
  process.once('exit', () => child?.kill('SIGKILL'));
  await start();
  return {
    get ingestUrl() {
      return urls.ingest;
    },
    get engineUrl() {
      return urls.engine;
    },
    get metricsUrls() {
      return [`${urls.engine}/metrics`];
    },
    operatorToken: secret('operator-token'),
    credential: { username: 'default', password: secret('first-credential') },
    stop: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL');
    },
    start,
    loseProjection: async () => {
      for (const suffix of ['', '-wal', '-shm']) rmSync(join(dataDirectory, `projection.db${suffix}`), { force: true });
    },
    destroy: async () => {
      await end('SIGKILL');
      if (options.dataDirectory === undefined) rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
};

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A server that belongs to one test. */
export interface OwnRedis {
  readonly port: number;
  readonly url: string;
  /** Sends the process a signal. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  /** Kills it. Nothing was saved, so that it is empty when it comes back. */
  kill(): Promise<void>;
  /** Starts it again after it was killed. */
  start(): Promise<void>;
  /** Asks it something on a connection of its own. */
  ask(command: string, ...values: readonly (string | number)[]): Promise<unknown>;
  remove(): Promise<void>;
}

/** A port that was free a moment ago, and so was the one above by 10,000, which a cluster's nodes talk on. */
const findFreePort = async (): Promise<number> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  return port + 10_000 < 65_536 ? port : findFreePort();
};

const startProcess = async (folder: string, options: readonly string[]): Promise<ChildProcess> => {
  const child = spawn('redis-server', ['--dir', folder, '--save', '', '--appendonly', 'no', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
    child.stdout.on('data', (text: Buffer) => text.includes('Ready to accept connections') && resolve());
  });
  return child;
};

export const startOwnRedis = async (options: readonly string[] = []): Promise<OwnRedis> => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-redis-'));
  const port = await findFreePort();
  const allOptions = ['--port', String(port), '--bind', '127.0.0.1', ...options];
  let child = await startProcess(folder, allOptions);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    signal: (name) => void child.kill(name),
    kill,
    start: async () => {
      child = await startProcess(folder, allOptions);
    },
    ask: async (command, ...values) => {
      const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: 0 });
      client.on('error', () => undefined);
      try {
        return await client.call(command, [...values]);
      } finally {
        client.disconnect();
      }
    },
    remove: async () => {
      await kill();
      rmSync(folder, { recursive: true });
    },
  };
};

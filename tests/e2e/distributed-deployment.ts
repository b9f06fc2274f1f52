import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import type { Credential, Deployment, DeploymentOptions } from './deployment.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FIRST_FLEET = 'default';
type ServiceName = 'ingest' | 'liveness' | 'engine';

/** A port that is free now, so that a service keeps its address over a restart. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
};

const untilReadyLine = async (child: ChildProcess): Promise<void> => {
  const said: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  if (child.stdout === null) throw new Error('standard output must be a pipe');
  for await (const line of createInterface({ input: child.stdout })) {
    if ((JSON.parse(line) as { event: string }).event === 'ready') return;
  }
  throw new Error(`a process ended before it was ready:\n${said.join('')}`);
};

const untilOk = async (url: string): Promise<void> => {
  for (;;) {
    const response = await fetch(url).catch(() => null);
    if (response?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const endOf = async (child: ChildProcess, signal: NodeJS.Signals): Promise<number> => {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode ?? -1;
  const exited = once(child, 'exit');
  child.kill(signal);
  const [code] = (await exited) as [number | null];
  return code ?? -1;
};

/** The three services as processes of their own, on the Kafka and Redis of the test run, under names of their own there. */
export const startDistributed = async (options: DeploymentOptions = {}): Promise<Deployment> => {
  const name = `t${randomBytes(6).toString('hex')}`;
  const [ingestPort, enginePort, ingestOperations, livenessOperations] = await Promise.all(
    Array.from({ length: 4 }, freePort),
  );
  const operatorToken = randomBytes(32).toString('base64url');
  const redisUrl = process.env['EARSHOT_TEST_REDIS_URL'] ?? '';
  const redisPrefix = `earshot-${name}:`;
  const shared = {
    EARSHOT_KAFKA_BROKERS: process.env['EARSHOT_TEST_KAFKA_BROKERS'] ?? '',
    EARSHOT_KAFKA_PREFIX: `earshot-${name}.`,
    EARSHOT_REDIS_URL: redisUrl,
    EARSHOT_REDIS_PREFIX: redisPrefix,
    EARSHOT_PARTITIONS: '3',
    EARSHOT_DRAIN_SECONDS: '1',
    EARSHOT_OPERATOR_TOKEN: operatorToken,
    EARSHOT_LOG_FORMAT: 'json',
  };
  const own: Readonly<Record<ServiceName, NodeJS.ProcessEnv>> = {
    ingest: { EARSHOT_INGEST_PORT: String(ingestPort), EARSHOT_OPERATIONS_PORT: String(ingestOperations) },
    liveness: { EARSHOT_OPERATIONS_PORT: String(livenessOperations) },
    engine: { EARSHOT_ENGINE_PORT: String(enginePort) },
  };
  const engineUrl = `http://127.0.0.1:${enginePort}`;
  const operations = [`http://127.0.0.1:${ingestOperations}`, `http://127.0.0.1:${livenessOperations}`, engineUrl];
  const children = new Map<ServiceName, ChildProcess>();

  const launch = async (service: ServiceName): Promise<void> => {
    const child = spawn(process.execPath, [join(ROOT, 'services', service, 'src', 'main.ts')], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...shared, ...own[service], ...options.settings },
    });
    children.set(service, child);
    await untilReadyLine(child);
  };
  const start = async (): Promise<void> => {
    await Promise.all((['ingest', 'liveness', 'engine'] as const).map(launch));
    await Promise.all(operations.map((url) => untilOk(`${url}/readyz`)));
  };
  const endAll = async (signal: NodeJS.Signals): Promise<number> => {
    const codes = await Promise.all([...children.values()].map((child) => endOf(child, signal)));
    return Math.max(...codes);
  };
  const createFirstFleet = async (): Promise<Credential> => {
    const response = await fetch(`${engineUrl}/api/fleets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: FIRST_FLEET }),
    });
    const { data } = (await response.json()) as { data: { credential: Credential } };
    return data.credential;
  };
  const removeProjection = async (): Promise<void> => {
    const redis = new Redis(redisUrl);
    const keys = await redis.keys(`${redisPrefix}*`);
    if (keys.length > 0) await redis.unlink(...keys);
    await redis.quit();
  };

  await start();
  return {
    ingestUrl: `http://127.0.0.1:${ingestPort}`,
    engineUrl,
    metricsUrls: operations.map((url) => `${url}/metrics`),
    operatorToken,
    credential: await createFirstFleet(),
    stop: () => endAll('SIGTERM'),
    kill: async () => {
      await endAll('SIGKILL');
    },
    start,
    loseProjection: removeProjection,
    destroy: async () => {
      await endAll('SIGKILL');
      await removeProjection();
    },
  };
};

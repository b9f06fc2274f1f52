import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Credential, Deployment, DeploymentOptions } from './deployment.ts';
import { startService, type ServiceName, type ServiceProcess } from './service-process.ts';

const FIRST_FLEET = 'default';
const POLL_MS = 50;
const PARTITIONS = 3;

/** How many processes of each service. */
export type ServiceCounts = Readonly<Record<ServiceName, number>>;
const ONE_OF_EACH: ServiceCounts = { ingest: 1, liveness: 1, engine: 1 };

/** The distributed form with its processes at hand, to be stopped, frozen and killed one by one. */
export interface DistributedDeployment extends Deployment {
  readonly ingests: readonly ServiceProcess[];
  readonly livenesses: readonly ServiceProcess[];
  readonly engines: readonly ServiceProcess[];
}

/** Resolves when the address answers 200. */
export const untilOk = async (url: string): Promise<void> => {
  for (;;) {
    const response = await fetch(url).catch(() => null);
    if (response?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};

const removeKeys = async (url: string, prefix: string): Promise<void> => {
  const redis = new Redis(url);
  const keys = await redis.keys(`${prefix}*`);
  if (keys.length > 0) await redis.unlink(...keys);
  await redis.quit();
};

/** Makes the first fleet at the one engine that writes the registry; the others answer 503. */
const createFirstFleet = async (
  engines: readonly ServiceProcess[],
  operatorToken: string,
): Promise<{ readonly credential: Credential; readonly writer: ServiceProcess }> => {
  for (let turn = 0; ; turn += 1) {
    const writer = engines[turn % engines.length];
    if (writer === undefined) throw new Error('there is no engine');
    const response = await fetch(`${writer.url}/api/fleets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: FIRST_FLEET }),
    });
    const { code, data } = (await response.json()) as { code: number; data: { credential: Credential } };
    if (code === 201) return { credential: data.credential, writer };
    if (code !== 503) throw new Error(`the first fleet cannot be made: ${code}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};

/** The services as processes of their own, on the Kafka and Redis of the test run, under names of their own there. */
export const startDistributed = async (
  options: DeploymentOptions = {},
  counts: ServiceCounts = ONE_OF_EACH,
): Promise<DistributedDeployment> => {
  const name = `t${randomBytes(6).toString('hex')}`;
  const operatorToken = randomBytes(32).toString('base64url');
  const redisUrl = process.env['EARSHOT_TEST_REDIS_URL'] ?? '';
  const redisPrefix = `earshot-${name}:`;
  const settings = {
    EARSHOT_KAFKA_BROKERS: process.env['EARSHOT_TEST_KAFKA_BROKERS'] ?? '',
    EARSHOT_KAFKA_PREFIX: `earshot-${name}.`,
    EARSHOT_REDIS_URL: redisUrl,
    EARSHOT_REDIS_PREFIX: redisPrefix,
    EARSHOT_PARTITIONS: String(PARTITIONS),
    EARSHOT_DRAIN_SECONDS: '1',
    EARSHOT_OPERATOR_TOKEN: operatorToken,
    EARSHOT_LOG_FORMAT: 'json',
    ...options.settings,
  };
  const startAll = (service: ServiceName): Promise<readonly ServiceProcess[]> =>
    Promise.all(Array.from({ length: counts[service] }, () => startService(service, settings)));
  const [ingests, livenesses, engines] = await Promise.all([
    startAll('ingest'),
    startAll('liveness'),
    startAll('engine'),
  ]);
  const all = [...ingests, ...livenesses, ...engines];
  const untilReady = async (): Promise<void> => {
    await Promise.all(all.map(({ operationsUrl }) => untilOk(`${operationsUrl}/readyz`)));
  };
  await untilReady();
  const { credential, writer } = await createFirstFleet(engines, operatorToken);
  return {
    ingests,
    livenesses,
    engines,
    ingestUrl: ingests[0]?.url ?? '',
    engineUrl: writer.url,
    metricsUrls: all.map(({ operationsUrl }) => `${operationsUrl}/metrics`),
    operatorToken,
    credential,
    stop: async () => Math.max(...(await Promise.all(all.map((process) => process.end('SIGTERM'))))),
    kill: async () => {
      await Promise.all(all.map((process) => process.end('SIGKILL')));
    },
    start: async () => {
      await Promise.all(all.map((process) => process.start()));
      await untilReady();
    },
    loseProjection: () => removeKeys(redisUrl, redisPrefix),
    destroy: async () => {
      await Promise.all(all.map((process) => process.end('SIGKILL')));
      await removeKeys(redisUrl, redisPrefix);
    },
  };
};

/**
 * Kafka and Redis for tests, in this order: the ones given by EARSHOT_TEST_KAFKA_BROKERS and EARSHOT_TEST_REDIS_URL; containers,
 * where a Docker engine answers; none, with the reason.
 */
import { createServer } from 'node:net';

const KAFKA_IMAGE = 'apache/kafka:4.1.0';
const REDIS_IMAGE = 'redis:8';
const START_MS_MAX = 180_000;

/** Quick failure detection, so that tests of failures do not wait for production's patience. */
const KAFKA_SETTINGS = {
  KAFKA_NODE_ID: '1',
  KAFKA_PROCESS_ROLES: 'broker,controller',
  KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
  KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
  KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
  KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
  KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
  KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
  KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '8',
};

/** A port that is free now; Kafka must know the one it is reached by before it starts. */
const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const startKafka = async ({ GenericContainer, Wait }) => {
  const port = await freePort();
  const container = await new GenericContainer(KAFKA_IMAGE)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({ ...KAFKA_SETTINGS, KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}` })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(START_MS_MAX)
    .start();
  return { container, address: `127.0.0.1:${port}` };
};

const startRedis = async ({ GenericContainer, Wait }) => {
  const container = await new GenericContainer(REDIS_IMAGE)
    .withCommand(['redis-server', '--maxmemory-policy', 'noeviction', '--save', ''])
    .withExposedPorts(6379)
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .withStartupTimeout(START_MS_MAX)
    .start();
  return { container, url: `redis://${container.getHost()}:${container.getMappedPort(6379)}` };
};

const startContainers = async () => {
  const testcontainers = await import('testcontainers');
  await testcontainers.getContainerRuntimeClient();
  const [kafka, redis] = await Promise.all([startKafka(testcontainers), startRedis(testcontainers)]);
  return {
    env: { EARSHOT_TEST_KAFKA_BROKERS: kafka.address, EARSHOT_TEST_REDIS_URL: redis.url },
    description: `containers of ${KAFKA_IMAGE} and ${REDIS_IMAGE}`,
    stop: async () => {
      await Promise.all([kafka.container.stop(), redis.container.stop()]);
    },
  };
};

const firstLineOf = (error) => String(error?.message ?? error).split('\n')[0];

/** Where tests find brokers, and what to say about it. `env` is empty where there are none. */
export const provideBrokers = async () => {
  const { EARSHOT_TEST_KAFKA_BROKERS: kafka, EARSHOT_TEST_REDIS_URL: redis } = process.env;
  if (kafka && redis) {
    return { env: {}, description: `those given, Kafka at ${kafka} and Redis`, stop: async () => undefined };
  }
  try {
    return await startContainers();
  } catch (error) {
    const reason = `none given, and no containers can be had (${firstLineOf(error)})`;
    return { env: null, description: reason, stop: async () => undefined };
  }
};

import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { isFromReplica } from './redis-errors.ts';

/** A client of one server or of a cluster. */
export type RedisClient = Redis | Cluster;

export interface RedisClientOptions {
  readonly url: string;
  readonly cluster: boolean;
  readonly commandTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

/** Between attempts to connect. Raised: found again later. Lowered: a server that starts is asked more often. */
const RECONNECT_MS_MIN = 100;
const RECONNECT_MS_MAX = 2_000;

/** Times a command is sent to another node. Slots move one at a time, so that more would be going in circles. */
const REDIRECTIONS_MAX = 5;

const SECURE = 'rediss:';

const reconnectDelayMs = (attempts: number): number => Math.min(RECONNECT_MS_MIN * 2 ** attempts, RECONNECT_MS_MAX);

/**
 * Nothing waits: a command is sent at once or refused, is answered in time or given up, and is never sent twice. What
 * to try again is the caller's business, and a queue of commits would be a queue of stale ones.
 */
const commonOptions = (options: RedisClientOptions) => ({
  connectTimeout: options.connectTimeoutMs,
  commandTimeout: options.commandTimeoutMs,
  // Also ends the connection: commits that nobody reads would pile up in front of a server that hangs.
  socketTimeout: options.commandTimeoutMs,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  protocol: 2 as const,
});

const createSingle = (options: RedisClientOptions): Redis =>
  new Redis(options.url, {
    ...commonOptions(options),
    lazyConnect: true,
    enableOfflineQueue: false,
    retryStrategy: reconnectDelayMs,
    reconnectOnError: isFromReplica,
  });

const credentialsOf = (url: URL): Pick<RedisOptions, 'username' | 'password' | 'tls'> => ({
  ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
  ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
  ...(url.protocol === SECURE ? { tls: {} } : {}),
});

const PORT_DEFAULT = 6_379;

const createCluster = (options: RedisClientOptions): Cluster => {
  const urls = options.url.split(',').map((url) => new URL(url.trim()));
  const nodes = urls.map((url) => ({ host: url.hostname, port: url.port === '' ? PORT_DEFAULT : Number(url.port) }));
  return new Cluster(nodes, {
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: reconnectDelayMs,
    clusterNodeRetryStrategy: reconnectDelayMs,
    maxRedirections: REDIRECTIONS_MAX,
    slotsRefreshTimeout: options.connectTimeoutMs,
    redisOptions: { ...commonOptions(options), ...(urls[0] === undefined ? {} : credentialsOf(urls[0])) },
  });
};

/** A client that is not connected yet. Throws TypeError for a url that is none. */
export const createRedisClient = (options: RedisClientOptions): RedisClient =>
  options.cluster ? createCluster(options) : createSingle(options);

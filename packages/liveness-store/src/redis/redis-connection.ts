import { setTimeout as delay } from 'node:timers/promises';
import { LivenessStoreError } from '../port/index.ts';
import { createRedisClient, type RedisClient, type RedisClientOptions } from './redis-client.ts';
import { isUnknownScript, toStoreError } from './redis-errors.ts';
import type { RedisScript } from './redis-script.ts';

export type RedisArgument = string | number;
export type RedisCommand = readonly [name: string, ...RedisArgument[]];

/** A change of the connection that an operator wants to know of. */
export type ConnectionChange =
  | { readonly kind: 'connection_lost'; readonly cause: unknown }
  | { readonly kind: 'connection_restored' };

/**
 * The way to Redis. Rejects with LivenessStoreError, within the command timeout; while there is no connection at once.
 * Goes on by itself when there is one again.
 */
export interface RedisConnection {
  /** Sends commands over keys of one partition in one go and answers their replies. Others may come between them. */
  send(commands: readonly RedisCommand[]): Promise<readonly unknown[]>;
  /** Runs a script over keys of one partition. */
  run(script: RedisScript, keys: readonly string[], values: readonly RedisArgument[]): Promise<unknown>;
  /** What each server that takes writes says about itself. */
  describeServers(): Promise<readonly string[]>;
  /** Ends it at once; commands under way reject. */
  close(): void;
}

/** Tells of the first failure and of its end, not of every attempt between. */
const watch = (client: RedisClient, onChange: (change: ConnectionChange) => void): void => {
  let isLost = false;
  const lose = (cause: unknown): void => {
    if (isLost) return;
    isLost = true;
    onChange({ kind: 'connection_lost', cause });
  };
  client.on('error', lose);
  client.on('close', () => lose(undefined));
  client.on('ready', () => {
    if (isLost) onChange({ kind: 'connection_restored' });
    isLost = false;
  });
};

/** Settles as the client does, or rejects when it takes too long. */
const within = async <T>(ms: number, call: Promise<T>): Promise<T> => {
  const ending = new AbortController();
  const late = delay(ms, undefined, { signal: ending.signal }).then(() => {
    throw new LivenessStoreError('EARSHOT_STORE_UNAVAILABLE', `Redis gave no answer within ${ms} ms`);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    ending.abort();
    late.catch(() => undefined);
    call.catch(() => undefined);
  }
};

const describeServer = (client: RedisClient): Promise<readonly string[]> =>
  'nodes' in client
    ? Promise.all(client.nodes('master').map((node) => node.info()))
    : client.info().then((text) => [text]);

const sendPipeline = async (client: RedisClient, commands: readonly RedisCommand[]): Promise<readonly unknown[]> => {
  const pipeline = client.pipeline();
  for (const [name, ...values] of commands) pipeline.call(name, values);
  const results = (await pipeline.exec()) ?? [];
  const failure = results.find(([error]) => error !== null)?.[0];
  if (failure !== undefined && failure !== null) throw failure;
  return results.map(([, reply]) => reply);
};

const runScript = async (client: RedisClient, script: RedisScript, keysAndValues: readonly RedisArgument[]) => {
  try {
    return await client.call('EVALSHA', [script.sha1, ...keysAndValues]);
  } catch (error) {
    if (!isUnknownScript(error)) throw error;
    return client.call('EVAL', [script.lua, ...keysAndValues]);
  }
};

/**
 * Connects. Rejects with EARSHOT_STORE_UNAVAILABLE where nobody answers in time, with EARSHOT_STORE_MISCONFIGURED where
 * we are not let in.
 */
export const connectRedis = async (
  options: RedisClientOptions,
  onChange: (change: ConnectionChange) => void,
): Promise<RedisConnection> => {
  const client = createRedisClient(options);
  const call = async <T>(ms: number, work: () => Promise<T>): Promise<T> => {
    try {
      return await within(ms, work());
    } catch (error) {
      throw toStoreError(error);
    }
  };
  let firstError: unknown;
  const noteFirst = (error: unknown): void => {
    firstError ??= error;
  };
  client.on('error', noteFirst);
  try {
    await call(options.connectTimeoutMs, () => client.connect());
  } catch (error) {
    client.disconnect();
    throw toStoreError(firstError ?? error);
  }
  client.off('error', noteFirst);
  watch(client, onChange);

  const { commandTimeoutMs } = options;
  return {
    send: (commands) => call(commandTimeoutMs, () => sendPipeline(client, commands)),
    run: (script, keys, values) =>
      call(commandTimeoutMs, () => runScript(client, script, [keys.length, ...keys, ...values])),
    describeServers: () => call(commandTimeoutMs, () => describeServer(client)),
    close: () => {
      client.removeAllListeners('close');
      client.disconnect();
    },
  };
};

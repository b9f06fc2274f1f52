import {
  COMMIT_CHANGES_MAX,
  type LivenessStore,
  LivenessStoreError,
  type PartitionCommit,
  READ_SYSTEMS_MAX,
} from '../port/index.ts';
import { checkServers } from './check-servers.ts';
import { loadPartition } from './load-partition.ts';
import { MARK_SCRIPT } from './mark-script.ts';
import { partitionKeys } from './partition-keys.ts';
import { createPartitionQueues } from './partition-queues.ts';
import { readSilent, readView } from './read-silent.ts';
import { readByIds, readPage } from './read-systems.ts';
import { type ConnectionChange, connectRedis, type RedisConnection } from './redis-connection.ts';
import { createStoredPlaces, readLogId } from './stored-places.ts';
import { type PartitionWriter, writeCommit, writeRewrite } from './write-partition.ts';

/** What an operator wants to know of. */
export type RedisWarning =
  | ConnectionChange
  /** Since the connection was restored, another server answers, or it was set up anew: it might forget systems. */
  | { readonly kind: 'misconfigured'; readonly cause: unknown };

export interface RedisLivenessStoreOptions {
  /** `redis://` or `rediss://` with user, password and database; of a cluster some nodes, separated by commas. */
  readonly url: string;
  /** How many partitions there are: 0 up to it are read, and no other is possible. */
  readonly partitions: number;
  /**
   * The log that is folded. A projection made from another one is refused with EARSHOT_STORE_OTHER_LOG. Null: not
   * checked.
   */
  readonly logId?: string | null;
  /** Begins each key. No braces: they would decide where a cluster keeps it. */
  readonly prefix?: string;
  readonly cluster?: boolean;
  /** How long Redis may take for one step of a call. */
  readonly commandTimeoutMs?: number;
  /** How long opening may take. */
  readonly connectTimeoutMs?: number;
  readonly onWarning?: (warning: RedisWarning) => void;
}

export const REDIS_PREFIX_DEFAULT = 'earshot:';

/** The largest commit takes tens of milliseconds. Raised: a server that hangs is given up later. */
const COMMAND_TIMEOUT_MS_DEFAULT = 5_000;
const CONNECT_TIMEOUT_MS_DEFAULT = 10_000;

/** A cursor of Redis's: an unsigned number of 64 bits. */
const CURSOR = /^\d{1,20}$/;

const checkCommit = (commit: Omit<PartitionCommit, 'expected'>): void => {
  const changes = commit.systems.length + commit.removed.length;
  if (changes > COMMIT_CHANGES_MAX) {
    throw new RangeError(`${changes} systems in one commit; at most ${COMMIT_CHANGES_MAX} are possible`);
  }
};

const checkCount = (count: number, least: number): void => {
  if (!Number.isSafeInteger(count) || count < least || count > READ_SYSTEMS_MAX) {
    throw new RangeError(`${count} systems in one read; ${least} to ${READ_SYSTEMS_MAX} are possible`);
  }
};

const checkCursor = (cursor: string | null): void => {
  if (cursor !== null && !CURSOR.test(cursor)) throw new RangeError('this cursor was not given by scanSystems');
};

const isMisconfigured = (error: unknown): boolean =>
  error instanceof LivenessStoreError && error.code === 'EARSHOT_STORE_MISCONFIGURED';

/** Throws EARSHOT_STORE_OTHER_LOG where a partition was committed from another log. */
const checkLog = async (connection: RedisConnection, options: RedisLivenessStoreOptions): Promise<void> => {
  const { logId = null, prefix = REDIS_PREFIX_DEFAULT, partitions } = options;
  if (logId === null) return;
  for (let partition = 0; partition < partitions; partition += 1) {
    const stored = await readLogId(connection, partitionKeys(prefix, partition));
    if (stored === null || stored === logId) continue;
    throw new LivenessStoreError(
      'EARSHOT_STORE_OTHER_LOG',
      `the projection at ${prefix}* was made from log ${stored}, this is log ${logId}. Bring that log back, ` +
        'or remove those keys: the projection is rebuilt from this log',
    );
  }
};

const connect = async (options: RedisLivenessStoreOptions): Promise<RedisConnection> => {
  const { cluster = false, onWarning = () => undefined } = options;
  const { commandTimeoutMs = COMMAND_TIMEOUT_MS_DEFAULT, connectTimeoutMs = CONNECT_TIMEOUT_MS_DEFAULT } = options;
  const check = async (connection: RedisConnection): Promise<void> =>
    checkServers(await connection.describeServers(), cluster);
  const checkAgain = async (connection: RedisConnection): Promise<void> => {
    try {
      await check(connection);
    } catch (cause) {
      // One that is lost again is told of as that.
      if (isMisconfigured(cause)) onWarning({ kind: 'misconfigured', cause });
    }
  };
  const connection = await connectRedis({ url: options.url, cluster, commandTimeoutMs, connectTimeoutMs }, (change) => {
    onWarning(change);
    if (change.kind === 'connection_restored') void checkAgain(connection);
  });
  try {
    await check(connection);
    await checkLog(connection, options);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
};

const createStore = (connection: RedisConnection, options: RedisLivenessStoreOptions): LivenessStore => {
  const { prefix = REDIS_PREFIX_DEFAULT, logId = null, partitions } = options;
  const queues = createPartitionQueues();
  const writer: PartitionWriter = { connection, prefix, logId, places: createStoredPlaces(connection) };
  const keysOf = (partition: number) => partitionKeys(prefix, partition);
  const run = <T>(partition: number, call: () => Promise<T>): Promise<T> => {
    if (!Number.isSafeInteger(partition) || partition < 0 || partition >= partitions) {
      throw new RangeError(`no partition can be ${partition}; there are ${partitions}`);
    }
    return queues.run(partition, call);
  };

  return {
    load: async (partition) => run(partition, () => loadPartition(connection, keysOf(partition))),
    commit: async (commit) => {
      checkCommit(commit);
      return run(commit.partition, () => writeCommit(writer, commit));
    },
    rewrite: async (part) => {
      checkCommit(part);
      return run(part.partition, () => writeRewrite(writer, part));
    },
    markPublished: async (partition, position) => {
      const keys = keysOf(partition);
      await run(partition, async () => {
        if (position >= 0) await connection.run(MARK_SCRIPT, [keys.partition, keys.outbox], [position + 1]);
      });
    },
    readPartitions: async () => {
      const numbers = Array.from({ length: partitions }, (_, partition) => partition);
      const views = await Promise.all(
        numbers.map((partition) => run(partition, () => readView(connection, keysOf(partition), partition))),
      );
      return views.flat();
    },
    readSystems: async (partition, systemIds) => {
      checkCount(systemIds.length, 0);
      return run(partition, () => readByIds(connection, keysOf(partition), systemIds));
    },
    readLate: async (partition) => run(partition, () => readSilent(connection, keysOf(partition))),
    scanSystems: async (partition, cursor, limit) => {
      checkCount(limit, 1);
      checkCursor(cursor);
      return run(partition, () => readPage(connection, keysOf(partition), { cursor, limit }));
    },
    close: async () => {
      await queues.close();
      connection.close();
    },
  };
};

/**
 * Opens the projection in Redis 7 or Valkey 8, or later. Rejects with EARSHOT_STORE_MISCONFIGURED, saying what to do,
 * where Redis might forget something by itself; with EARSHOT_STORE_UNAVAILABLE where it does not answer in time.
 *
 * - P1: what is read belongs to one commit, as its version tells: a read that a commit came between begins anew
 * - P2: a commit is one script; position and version are compared in it before anything is written
 * - P3: publications keep the order of a stream
 * - P4: a heartbeat writes one score; the row's text is compared and mostly left as it is
 * - P5: nothing expires but the owner's name, which decides nothing
 * - P6: position and all the rest are of one Redis; one that was emptied or rolled back has a lower position, or none
 * - P7: all keys of a partition share one hash tag
 *
 * Calls of one partition run one after the other, those of several beside each other. Nothing is tried again behind the
 * caller's back: while there is no connection every call rejects at once, and one that was under way when it broke, or
 * is not answered in time, rejects then.
 */
export const openRedisLivenessStore = async (options: RedisLivenessStoreOptions): Promise<LivenessStore> => {
  const { prefix = REDIS_PREFIX_DEFAULT } = options;
  if (/[{}]/.test(prefix)) throw new RangeError('the prefix of Redis keys cannot hold braces');
  return createStore(await connect(options), options);
};

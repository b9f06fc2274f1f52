import { LivenessStoreError } from '../port/index.ts';
import { parseHead, HEAD_FIELDS, type StoredHead } from './partition-fields.ts';
import type { PartitionKeys } from './partition-keys.ts';
import type { RedisCommand, RedisConnection } from './redis-connection.ts';
import { parseTextsOrNull } from './replies.ts';

/**
 * Times a read begins anew because a commit came between its steps. One owner commits a few times a second and a step
 * takes a millisecond, so that already a second time is rare.
 */
const READS_MAX = 10;

/** Thrown inside a read whose replies are of different commits. */
class MovedOnError extends Error {
  override readonly name = 'MovedOnError';
}

/** Reads of one partition between which nothing was written. */
export interface SteadyView {
  readonly head: StoredHead;
  /** Replies of what the head was read with. */
  readonly first: readonly unknown[];
  /** Replies that are of the same commit as the head. Throws what makes the read begin anew if there are none. */
  send(commands: readonly RedisCommand[]): Promise<readonly unknown[]>;
}

/** What the partition is asked for. */
export interface SteadyRead<T> {
  /** Sent together with the question for the head. */
  readonly first: readonly RedisCommand[];
  /** The answer where nothing is stored. */
  readonly missing: T;
  readonly read: (view: SteadyView) => Promise<T> | T;
}

const readOnce = async <T>(connection: RedisConnection, keys: PartitionKeys, steady: SteadyRead<T>): Promise<T> => {
  const askVersion: RedisCommand = ['HMGET', keys.partition, 'version', 'marks'];
  const [headReply, ...replies] = await connection.send([
    ['HMGET', keys.partition, ...HEAD_FIELDS],
    ...steady.first,
    askVersion,
  ]);
  const head = parseHead(headReply);
  if (head === null) return steady.missing;
  const isSame = (reply: unknown): boolean => {
    const [version, marks] = parseTextsOrNull(reply);
    return version === head.version && Number(marks ?? 0) === head.marks;
  };
  if (!isSame(replies.at(-1))) throw new MovedOnError();
  return steady.read({
    head,
    first: replies.slice(0, -1),
    send: async (commands) => {
      const later = await connection.send([...commands, askVersion]);
      if (!isSame(later.at(-1))) throw new MovedOnError();
      return later.slice(0, -1);
    },
  });
};

/**
 * Reads in steps what belongs to one commit: the version is compared after each, and the read begins anew where it
 * changed. No lock, and no script that would stop everyone for as long as it reads. Rejects with
 * EARSHOT_STORE_UNAVAILABLE where commits come faster than it can be read.
 */
export const readSteadily = async <T>(
  connection: RedisConnection,
  keys: PartitionKeys,
  steady: SteadyRead<T>,
): Promise<T> => {
  for (let reads = 0; reads < READS_MAX; reads += 1) {
    try {
      return await readOnce(connection, keys, steady);
    } catch (error) {
      if (!(error instanceof MovedOnError)) throw error;
    }
  }
  throw new LivenessStoreError('EARSHOT_STORE_UNAVAILABLE', 'the partition changes faster than it can be read');
};

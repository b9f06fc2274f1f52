import { type Clearable, CLEAR_SCRIPT, SWEEP_SCRIPT } from './clear-scripts.ts';
import type { PartitionKeys } from './partition-keys.ts';
import type { RedisConnection } from './redis-connection.ts';
import { parseTexts, parseTextsOrNull } from './replies.ts';

/** Indexes dropped by one script. Each is one step; their memory is given back in the background. */
const SWEEP_INDEXES_MAX = 500;

/** Drops the indexes that were left, in bounded steps. False: the version is another one by now. */
const sweepIndexes = async (connection: RedisConnection, keys: PartitionKeys, version: string): Promise<boolean> => {
  for (;;) {
    const [reply] = await connection.send([['SRANDMEMBER', keys.ttls, SWEEP_INDEXES_MAX]]);
    const names = parseTexts(reply);
    if (names.length === 0) return true;
    const swept = await connection.run(
      SWEEP_SCRIPT,
      [keys.partition, keys.ttls, ...names.map(keys.seen)],
      [version, ...names],
    );
    if (parseTexts(swept)[0] !== 'accepted') return false;
  }
};

/**
 * How clearing ended.
 *
 * - `refused`: there is a position; nothing was changed
 * - `stale`: another version is stored than was known; nothing was changed
 * - `overtaken`: somebody else began something while indexes were dropped
 */
export type Cleared = 'cleared' | 'refused' | 'stale' | 'overtaken';

const clear = async (
  connection: RedisConnection,
  keys: PartitionKeys,
  values: readonly [clearable: Clearable, version: string, owner: string, versionNew: string],
): Promise<Cleared> => {
  const { partition, systems, outbox, explicit } = keys;
  const reply = await connection.run(CLEAR_SCRIPT, [partition, systems, outbox, explicit], values);
  const [answer] = parseTextsOrNull(reply);
  if (answer === 'refused') return 'refused';
  if (answer !== 'accepted') return 'stale';
  return (await sweepIndexes(connection, keys, values[3])) ? 'cleared' : 'overtaken';
};

/** Drops what is left of a partition that has no position, so that a first commit finds nothing. */
export const clearRemains = (
  connection: RedisConnection,
  keys: PartitionKeys,
  versionKnown: string,
): Promise<Cleared> => clear(connection, keys, ['remains', versionKnown, '', '']);

/**
 * Drops everything and leaves the mark of the owner that writes it anew. Accepted only while the known version is
 * stored: sent twice, or late, it does nothing.
 */
export const beginRewriting = (
  connection: RedisConnection,
  keys: PartitionKeys,
  by: { readonly owner: string; readonly versionKnown: string; readonly versionNew: string },
): Promise<Cleared> => clear(connection, keys, ['anything', by.versionKnown, by.owner, by.versionNew]);

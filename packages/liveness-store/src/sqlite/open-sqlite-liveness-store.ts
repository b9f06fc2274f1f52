import {
  COMMIT_CHANGES_MAX,
  type LivenessStore,
  LivenessStoreError,
  type PartitionCommit,
  READ_SYSTEMS_MAX,
} from '../port/index.ts';
import { createProjectionAccess } from './projection-access.ts';
import { createProjectionFile, createVolatileProjection, type ProjectionLoss } from './projection-file.ts';
import { readByIds, readPage, readSilent, readStored, readViews } from './read-partition.ts';
import { runSlices } from './slices.ts';
import { mayPass } from './sqlite-errors.ts';
import { writeCommit, writeRewrite } from './write-commit.ts';

export interface SqliteLivenessStoreOptions {
  /** The projection's file, made with its folder where missing. Null: in memory, gone when closed. */
  readonly path: string | null;
  /** The log that is folded. A projection made from another one is refused with EARSHOT_STORE_OTHER_LOG. Null: not checked. */
  readonly logId?: string | null;
  /** Told when the file was given up: corrupt, of another version, or taken away while it was open. */
  readonly onLost?: (loss: ProjectionLoss) => void;
  /** How long a call waits for another connection's commit before it rejects as unavailable. */
  readonly lockWaitMs?: number;
}

/** A commit of another process takes tens of milliseconds. Raised: a stuck one stalls ours for longer. */
const LOCK_WAIT_MS_DEFAULT = 1_000;

const checkPartition = (partition: number): void => {
  if (!Number.isSafeInteger(partition) || partition < 0) throw new RangeError(`no partition can be ${partition}`);
};

const checkCommit = (commit: Omit<PartitionCommit, 'expected'>): void => {
  checkPartition(commit.partition);
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

const parseCursor = (cursor: string | null): number => {
  const row = cursor === null ? 0 : Number(cursor);
  if (!Number.isSafeInteger(row) || row < 0) throw new RangeError('this cursor was not given by scanSystems');
  return row;
};

/**
 * Opens the projection in a SQLite file, or in memory. Rejects with EARSHOT_STORE_MISCONFIGURED where no file can be at
 * the path; a file that is missing, corrupt or of another version is replaced by an empty one, and a full disk only
 * makes calls reject until there is room.
 *
 * - P1, P2: each call is one transaction; a commit's compare-and-set is inside it
 * - P3: publications keep the order of their rows
 * - P4: a heartbeat is one UPDATE of one row and its entry in the index over since
 * - P5: nothing is deleted but by a commit, a rewrite or a mark
 * - P6: the file behind the path is looked at with every call, so that one that was removed, replaced or emptied is not
 *   written on. A copy written over the open file byte by byte is noticed only where it cannot be read: move a copy
 *   into place instead
 * - P7: one file
 *
 * Calls run one after the other. They let the event loop turn every few milliseconds, but for the end of a transaction
 * itself. A power cut may lose the newest commits (synchronous=NORMAL), never the whole: a lower position is then
 * found.
 */
export const openSqliteLivenessStore = async (options: SqliteLivenessStoreOptions): Promise<LivenessStore> => {
  const { path, logId = null, onLost = () => undefined, lockWaitMs = LOCK_WAIT_MS_DEFAULT } = options;
  const file = path === null ? createVolatileProjection() : createProjectionFile(path, { logId, onLost });
  const access = createProjectionAccess(file, lockWaitMs);
  try {
    access.open();
  } catch (error) {
    if (error instanceof LivenessStoreError) throw error;
    if (!mayPass(error)) {
      throw new LivenessStoreError('EARSHOT_STORE_MISCONFIGURED', `no projection can be kept at ${path}`, error);
    }
  }

  return {
    load: async (partition) => {
      checkPartition(partition);
      return access.read((projection) => runSlices(readStored(projection, partition)));
    },
    commit: async (commit) => {
      checkCommit(commit);
      return access.write((projection) => runSlices(writeCommit(projection, commit)));
    },
    rewrite: async (part) => {
      checkCommit(part);
      return access.write((projection) => runSlices(writeRewrite(projection, part)));
    },
    markPublished: async (partition, position) => {
      checkPartition(partition);
      await access.write((projection) => projection.withdraw.run(partition, position));
    },
    readPartitions: () => access.read((projection) => runSlices(readViews(projection))),
    readSystems: async (partition, systemIds) => {
      checkPartition(partition);
      checkCount(systemIds.length, 0);
      return access.read((projection) => readByIds(projection, partition, systemIds));
    },
    readLate: async (partition) => {
      checkPartition(partition);
      return access.read((projection) => readSilent(projection, partition));
    },
    scanSystems: async (partition, cursor, limit) => {
      checkPartition(partition);
      checkCount(limit, 1);
      const afterRow = parseCursor(cursor);
      return access.read((projection) => readPage(projection, partition, { afterRow, limit }));
    },
    close: () => access.close(),
  };
};

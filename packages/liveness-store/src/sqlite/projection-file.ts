import { mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { prepareProjection } from './projection-schema.ts';
import { isUnreadable, UnreadableProjectionError } from './sqlite-errors.ts';

/**
 * - `corrupt`: cannot be read, or is no database
 * - `other_version`: a database, but not this version's projection
 * - `removed`, `replaced`, `emptied`: happened to the file while it was open
 */
export type ProjectionLossReason = 'corrupt' | 'other_version' | 'removed' | 'replaced' | 'emptied';

/** A projection that was given up. The store goes on with what is at the path now: mostly an empty one. */
export interface ProjectionLoss {
  readonly reason: ProjectionLossReason;
  readonly path: string;
  /** Where the file is kept for examination; an older one there is overwritten. Null: there was nothing to keep. */
  readonly keptAs: string | null;
  readonly cause: unknown;
}

/** The database at a path, whatever happens to the file. */
export interface ProjectionFile {
  /**
   * The open database, the same one as long as the path still names it. If the file was removed, replaced or emptied
   * meanwhile, what is there now is opened instead: writing on into a file that no longer has a name would look fine
   * and keep nothing.
   */
  database(): DatabaseSync;
  /** Sets the open database aside because it could not be read; the next call of `database` opens an empty one. */
  giveUp(cause: unknown): void;
  close(): void;
}

interface FileIdentity {
  readonly device: bigint;
  readonly inode: bigint;
  readonly bytes: bigint;
}

interface OpenProjection {
  readonly database: DatabaseSync;
  readonly file: FileIdentity | null;
  readonly companions: ReadonlyMap<string, FileIdentity | null>;
  bytesMax: bigint;
}

/** Files that SQLite keeps beside the database. */
const WAL = '-wal';
const SHARED_MEMORY = '-shm';
const COMPANIONS: readonly string[] = [WAL, SHARED_MEMORY];

const SET_ASIDE = '.set-aside';

const identify = (path: string): FileIdentity | null => {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found === undefined ? null : { device: found.dev, inode: found.ino, bytes: found.size };
};

const isSameFile = (one: FileIdentity | null, other: FileIdentity | null): boolean =>
  one !== null && other !== null && one.inode === other.inode && one.device === other.device;

/**
 * Moves the file and its log out of the way under names under which SQLite can still open them. Answers the new name.
 */
const setAside = (path: string): string | null => {
  const keptAs = `${path}${SET_ASIDE}`;
  rmSync(`${keptAs}${WAL}`, { force: true });
  rmSync(`${path}${SHARED_MEMORY}`, { force: true });
  if (identify(path) === null) return null;
  renameSync(path, keptAs);
  if (identify(`${path}${WAL}`) !== null) renameSync(`${path}${WAL}`, `${keptAs}${WAL}`);
  return keptAs;
};

/**
 * What happened to the file behind the open database; null: nothing. A database never shrinks by itself: we do not
 * vacuum.
 */
const whatHappened = (projection: OpenProjection, path: string): 'removed' | 'replaced' | 'emptied' | null => {
  const now = identify(path);
  if (now === null) return 'removed';
  if (!isSameFile(now, projection.file)) return 'replaced';
  if (now.bytes < projection.bytesMax) return 'emptied';
  projection.bytesMax = now.bytes;
  return null;
};

const openDatabase = (path: string, logId: string | null): OpenProjection | 'other_version' => {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    if (!prepareProjection(database, logId)) {
      database.close();
      return 'other_version';
    }
    const file = identify(path);
    const companions = new Map(COMPANIONS.map((suffix) => [suffix, identify(`${path}${suffix}`)]));
    return { database, file, companions, bytesMax: file?.bytes ?? 0n };
  } catch (error) {
    database.close();
    throw error;
  }
};

/**
 * Answers a database at the path that is never refused for what the file holds: one that is corrupt or of another
 * version is set aside and told to `onLost`. Nothing is opened before `database` is called. Throws the errors of SQLite
 * and the operating system.
 */
export const createProjectionFile = (
  path: string,
  options: { readonly logId: string | null; readonly onLost: (loss: ProjectionLoss) => void },
): ProjectionFile => {
  const { logId, onLost } = options;
  let projection: OpenProjection | null = null;

  /**
   * The name must be gone before the handle: closing the last handle on a named file would write to it and drop its
   * log.
   */
  const leave = (keptAs: string | null, reason: ProjectionLossReason, cause: unknown): void => {
    projection?.database.close();
    projection = null;
    onLost({ reason, path, keptAs, cause });
  };
  /** A log of ours beside somebody else's database would be applied to it. */
  const dropOurCompanions = (companions: OpenProjection['companions']): void => {
    for (const [suffix, ours] of companions) {
      if (isSameFile(identify(`${path}${suffix}`), ours)) rmSync(`${path}${suffix}`, { force: true });
    }
  };
  const reopenIfMoved = (open: OpenProjection): void => {
    const event = whatHappened(open, path);
    if (event === null) return;
    const keptAs = event === 'emptied' ? setAside(path) : null;
    dropOurCompanions(open.companions);
    leave(keptAs, event, undefined);
  };
  const openOrSetAside = (): OpenProjection => {
    mkdirSync(dirname(path), { recursive: true });
    let cause: unknown;
    try {
      const opened = openDatabase(path, logId);
      if (opened !== 'other_version') return opened;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      cause = error;
    }
    leave(setAside(path), cause === undefined ? 'other_version' : 'corrupt', cause);
    const opened = openDatabase(path, logId);
    if (opened === 'other_version') throw new UnreadableProjectionError(`${path} keeps coming back as something else`);
    return opened;
  };

  return {
    database: () => {
      if (projection !== null) reopenIfMoved(projection);
      projection ??= openOrSetAside();
      return projection.database;
    },
    giveUp: (cause) => leave(setAside(path), 'corrupt', cause),
    close: () => {
      projection?.database.close();
      projection = null;
    },
  };
};

/** The volatile form: in memory, gone when closed, and nothing can happen to it. */
export const createVolatileProjection = (): ProjectionFile => {
  let database: DatabaseSync | null = null;
  const close = (): void => {
    database?.close();
    database = null;
  };
  return {
    database: () => {
      if (database === null) {
        database = new DatabaseSync(':memory:');
        prepareProjection(database, null);
      }
      return database;
    },
    giveUp: close,
    close,
  };
};

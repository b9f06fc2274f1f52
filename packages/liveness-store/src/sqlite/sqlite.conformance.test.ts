import { spawnSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  type LivenessStoreHarness,
  livenessStoreConformance,
  type Failure,
  type Repair,
  type TestStorage,
} from '../conformance/index.ts';
import type { LivenessStore } from '../port/index.ts';
import { openSqliteLivenessStore } from './index.ts';

const copyTo = (path: string, target: string): void => {
  const database = new DatabaseSync(path, { readOnly: true });
  database.prepare('VACUUM INTO ?').run(target);
  database.close();
};

/** Another process in the middle of its commit, as far as SQLite can tell. */
const holdLock = (path: string): Repair => {
  const other = new DatabaseSync(path);
  other.exec('BEGIN IMMEDIATE');
  return async () => other.close();
};

/** Below what a large commit writes, above what a store needs to open. */
const FILE_BYTES_MAX = 262_144;

const limitFiles = (bytes: string): boolean =>
  spawnSync('prlimit', [`--pid=${process.pid}`, `--fsize=${bytes}`]).status === 0;

/**
 * Has the system refuse this process's writes beyond a size, in the middle of a commit. Takes back only the soft limit.
 */
const stopFilesFromGrowing = (): Repair => {
  limitFiles(`${FILE_BYTES_MAX}:unlimited`);
  return async () => {
    limitFiles('unlimited:unlimited');
  };
};

interface FileStorage extends TestStorage {
  readonly folder: string;
}

const createFileStorage = (folder: string, end: () => Promise<void>): FileStorage => {
  const path = join(folder, 'projection.db');
  const opened: LivenessStore[] = [];
  return {
    folder,
    open: async () => {
      const store = await openSqliteLivenessStore({ path, lockWaitMs: 100 });
      opened.push(store);
      return store;
    },
    wipe: async () => rmSync(path),
    takeCopy: async () => {
      copyTo(path, join(folder, 'copy.db'));
      return async () => renameSync(join(folder, 'copy.db'), path);
    },
    remove: async () => {
      for (const store of opened) await store.close();
      await end();
    },
  };
};

const createTemporaryStorage = async (): Promise<FileStorage> => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-projection-'));
  return createFileStorage(folder, async () => rmSync(folder, { recursive: true }));
};

/** The failure needs to know where the storage it made is. */
const failureOnFile = (
  name: string,
  create: () => Promise<FileStorage>,
  begin: (folder: string) => Repair,
): Failure => {
  const folders = new Map<TestStorage, string>();
  return {
    name,
    create: async () => {
      const storage = await create();
      folders.set(storage, storage.folder);
      return storage;
    },
    begin: async (storage) => begin(folders.get(storage)!),
  };
};

const lockedFailure = failureOnFile('locked by another process', createTemporaryStorage, (folder) =>
  holdLock(join(folder, 'projection.db')),
);
const stuntedFailure = failureOnFile('file can grow no further', createTemporaryStorage, stopFilesFromGrowing);
const isStuntable = limitFiles('unlimited:unlimited');

const onFile: LivenessStoreHarness = {
  create: createTemporaryStorage,
  lacking: {},
  failures: isStuntable ? [lockedFailure, stuntedFailure] : [lockedFailure],
  failuresLacking: isStuntable ? [] : ['file can grow no further: there is no prlimit'],
};

const inMemory: LivenessStoreHarness = {
  create: async () => {
    const opened: LivenessStore[] = [];
    const refuse = (): never => {
      throw new Error('this storage lacks that');
    };
    return {
      open: async () => {
        const store = await openSqliteLivenessStore({ path: null });
        opened.push(store);
        return store;
      },
      wipe: async () => refuse(),
      takeCopy: async () => refuse(),
      remove: async () => {
        for (const store of opened) await store.close();
      },
    };
  },
  lacking: {
    reopen: 'what is in memory belongs to one store and ends with it',
    wipe: 'nobody else can reach the memory',
    copy: 'nobody else can reach the memory',
  },
  failures: [],
  failuresLacking: ['memory that fails takes the process with it'],
};

livenessStoreConformance('SQLite in a file', onFile);
livenessStoreConformance('SQLite in memory', inMemory);

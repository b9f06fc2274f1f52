import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where the embedded form keeps everything it has. */
export interface DataDirectory {
  readonly path: string;
  /** The log: the one thing that must not be lost. */
  readonly log: string;
  /** The projection: disposable, rebuilt from the log. */
  readonly projection: string;
  /** The engine's catalog: disposable, rebuilt from the log. */
  readonly catalog: string;
  readonly operatorToken: string;
  readonly firstCredential: string;
}

const OWNER_ONLY_DIRECTORY = 0o700;
const OWNER_ONLY_FILE = 0o600;

/** Makes the directory if it is missing, readable by its owner only. Throws the system's error (EACCES, ENOSPC, ENOTDIR). */
export const openDataDirectory = (given: string): DataDirectory => {
  const path = resolve(given);
  if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: OWNER_ONLY_DIRECTORY });
  return {
    path,
    log: join(path, 'log.db'),
    projection: join(path, 'projection.db'),
    catalog: join(path, 'catalog.db'),
    operatorToken: join(path, 'operator-token'),
    firstCredential: join(path, 'first-credential'),
  };
};

/** The secret in a file, without its line end; null if there is no such file. */
export const readSecretFile = (path: string): string | null =>
  existsSync(path) ? readFileSync(path, 'utf8').trimEnd() : null;

/** Writes a secret so that only its owner can read it, and so that a crash leaves the whole file or none. */
export const writeSecretFile = (path: string, secret: string): void => {
  const unfinished = `${path}.new`;
  writeFileSync(unfinished, `${secret}\n`, { mode: OWNER_ONLY_FILE, flush: true });
  chmodSync(unfinished, OWNER_ONLY_FILE);
  renameSync(unfinished, path);
};

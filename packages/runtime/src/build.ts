import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const BUILD_UNKNOWN = 'dev-unknown';
const COMMIT = /^[0-9a-f]{40}$/;
const COMMIT_LENGTH = 8;

const readIfThere = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8').trim() : '');

/** The commit a checkout stands on, its first 8 hex digits, read without git; `dev-unknown` where there is none. */
export const commitOf = (root: string): string => {
  const git = join(root, '.git');
  const head = readIfThere(join(git, 'HEAD'));
  if (COMMIT.test(head)) return head.slice(0, COMMIT_LENGTH);
  const ref = head.startsWith('ref: ') ? head.slice('ref: '.length) : '';
  if (ref === '') return BUILD_UNKNOWN;
  const loose = readIfThere(join(git, ref));
  const packed = readIfThere(join(git, 'packed-refs'))
    .split('\n')
    .find((line) => line.endsWith(` ${ref}`));
  const commit = loose === '' ? (packed ?? '').slice(0, 40) : loose;
  return COMMIT.test(commit) ? commit.slice(0, COMMIT_LENGTH) : BUILD_UNKNOWN;
};

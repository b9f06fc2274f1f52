import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BUILD_UNKNOWN, commitOf } from './build.ts';

const COMMIT = '2aae371200000000000000000000000000000000';
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'earshot-build-'));
  mkdirSync(join(root, '.git/refs/heads'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));
const write = (path: string, text: string): void => writeFileSync(join(root, '.git', path), text);

describe('commitOf', () => {
  it('reads a loose ref', () => {
    write('HEAD', 'ref: refs/heads/main\n');
    write('refs/heads/main', `${COMMIT}\n`);
    expect(commitOf(root)).toBe('2aae3712');
  });

  it('reads a packed ref', () => {
    write('HEAD', 'ref: refs/heads/main\n');
    write('packed-refs', `# pack-refs with: peeled fully-peeled sorted\n${COMMIT} refs/heads/main\n`);
    expect(commitOf(root)).toBe('2aae3712');
  });

  it('reads a detached head', () => {
    write('HEAD', `${COMMIT}\n`);
    expect(commitOf(root)).toBe('2aae3712');
  });

  it('says that it does not know where there is no checkout, or nothing readable in it', () => {
    expect(commitOf(join(root, 'elsewhere'))).toBe(BUILD_UNKNOWN);
    write('HEAD', 'ref: refs/heads/unborn\n');
    expect(commitOf(root)).toBe(BUILD_UNKNOWN);
  });
});

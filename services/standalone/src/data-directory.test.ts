import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataDirectory, readSecretFile, writeSecretFile } from './data-directory.ts';
import { loadOperatorToken } from './operator-token.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'earshot-data-'));
});
afterEach(() => rmSync(root, { recursive: true }));
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('the data directory', () => {
  it('is made for its owner only', () => {
    const directory = openDataDirectory(join(root, 'a/b'));
    expect(modeOf(directory.path)).toBe(0o700);
    expect(openDataDirectory(directory.path).log).toBe(join(directory.path, 'log.db'));
  });

  it('keeps secrets for its owner only, also over a file that was there', () => {
    const path = join(root, 'secret');
    writeFileSync(`${path}.new`, 'half');
    chmodSync(`${path}.new`, 0o644);
    writeSecretFile(path, 'hush');
    expect(modeOf(path)).toBe(0o600);
    expect(readSecretFile(path)).toBe('hush');
    expect(readSecretFile(join(root, 'none'))).toBeNull();
  });
});

describe('the operator token', () => {
  it('is made once and kept', () => {
    const path = join(root, 'operator-token');
    const token = loadOperatorToken(path, null);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(loadOperatorToken(path, null)).toBe(token);
    expect(modeOf(path)).toBe(0o600);
  });

  it('is the one given, which is not kept', () => {
    const path = join(root, 'operator-token');
    expect(loadOperatorToken(path, 'x'.repeat(32))).toBe('x'.repeat(32));
    expect(readSecretFile(path)).toBeNull();
  });

  it('is refused when the file holds too short a one', () => {
    const path = join(root, 'operator-token');
    writeFileSync(path, 'short\n');
    expect(() => loadOperatorToken(path, null)).toThrow(/fewer than 32 characters/);
  });
});

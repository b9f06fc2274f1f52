import type * as crypto from 'node:crypto';
import { hash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { storedCredential } from './packed-credentials.ts';
import {
  DECOY_CREDENTIALS,
  generateCredentialId,
  generateSecret,
  hashSecret,
  issueCredential,
  verifyCredential,
} from './secrets.ts';

vi.mock('node:crypto', async (load) => {
  const actual = await load<typeof crypto>();
  return { ...actual, hash: vi.fn(actual.hash) };
});

const stored = (id: string, secret: string, salt?: string) =>
  storedCredential({ id, sha256: hashSecret(secret, salt), created_at: 0, ...(salt === undefined ? {} : { salt }) });

describe('secrets', () => {
  it('have 192 bits, in characters that need no escaping and hold no colon', () => {
    const secrets = Array.from({ length: 1_000 }, generateSecret);
    for (const secret of secrets) expect(secret).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(new Set(secrets).size).toBe(1_000);
    expect(generateCredentialId()).toMatch(/^[A-Za-z0-9_-]{8}$/);
  });

  it('are stored as SHA-256 of salt and secret, as sha256sum prints it', () => {
    expect(hashSecret('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(hashSecret('bc', 'a')).toBe(hashSecret('abc'));
  });

  it('are issued once and checked by what was stored', () => {
    const { entry, issued } = issueCredential('0/1:a', 42);
    expect(issued.username).toBe('0/1:a');
    expect(entry).toEqual({ id: issued.id, sha256: hashSecret(issued.password), created_at: 42 });
    expect(verifyCredential([storedCredential(entry)], issued.password)).toBe(issued.id);
  });
});

describe('verifyCredential', () => {
  const credentials = [stored('a', 'first'), stored('b', 'second', 'salt'), stored('c', 'third'), stored('d', 'ü🚀')];

  it.each([
    ['first', 'a'],
    ['second', 'b'],
    ['third', 'c'],
    ['ü🚀', 'd'],
    ['saltsecond', null],
    ['First', null],
    ['', null],
    ['x'.repeat(16_384), null],
  ])('gives for %j the id %j', (secret, id) => {
    expect(verifyCredential(credentials, secret)).toBe(id);
  });

  it('H24 a credential taken from the list works no more', () => {
    expect(verifyCredential(credentials.slice(1), 'first')).toBeNull();
  });

  it('never lets anybody in whom nobody knows', () => {
    expect(verifyCredential([], 'first')).toBeNull();
    expect(verifyCredential(DECOY_CREDENTIALS, 'first')).toBeNull();
  });

  it.each([
    ['nobody', [], 1],
    ['the decoy', DECOY_CREDENTIALS, 1],
    ['one with one credential', [stored('a', 'first')], 1],
    ['one with three generated ones', [stored('a', 'first'), stored('b', 'second'), stored('c', 'third')], 1],
    ['one with one salted', [stored('b', 'second', 'salt')], 1],
    ['one with two salts', credentials.slice(0, 2), 2],
  ] as const)('costs the same for %s, right or wrong', (_who, list, hashes) => {
    for (const secret of ['first', 'wrong']) {
      vi.mocked(hash).mockClear();
      verifyCredential(list, secret);
      expect(hash).toHaveBeenCalledTimes(hashes);
    }
  });
});

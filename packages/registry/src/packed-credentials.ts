import type { CredentialEntry } from '@earshot/contracts';
import type { StoredCredential } from './registry-view.ts';

const DIGEST_BYTES = 32;

/** A credential as it is checked. */
export const storedCredential = (entry: CredentialEntry): StoredCredential => ({
  id: entry.id,
  sha256: Buffer.from(entry.sha256, 'hex'),
  salt: entry.salt ?? '',
});

const prefixed = (text: string): string => `${String.fromCharCode(text.length)}${text}`;

/**
 * All credentials of one owner as one flat string of one byte a character: with a million owners, objects would take
 * four times the room. Length and text of id and salt, then the digest; the lengths are bounded by the schema. Empty:
 * none.
 */
export const packCredentials = (credentials: readonly CredentialEntry[]): string =>
  credentials
    .flatMap(({ id, salt, sha256 }) => [
      prefixed(id),
      prefixed(salt ?? ''),
      Buffer.from(sha256, 'hex').toString('latin1'),
    ])
    .join('');

export const unpackCredentials = (packed: string): readonly StoredCredential[] => {
  const credentials: StoredCredential[] = [];
  let at = 0;
  const take = (length: number): string => packed.slice(at, (at += length));
  const takePrefixed = (): string => take(take(1).charCodeAt(0));
  while (at < packed.length) {
    const id = takePrefixed();
    const salt = takePrefixed();
    credentials.push({ id, salt, sha256: Buffer.from(take(DIGEST_BYTES), 'latin1') });
  }
  return credentials;
};

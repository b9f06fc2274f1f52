import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CredentialEntry, EpochMs } from '@earshot/contracts';
import type { IssuedCredential } from './registry-change.ts';
import type { StoredCredential } from './registry-view.ts';

/** 192 bits: guessing is hopeless whatever hashes the guesser has, which is why no slow password hash is needed. */
const SECRET_BYTES = 24;
/** 8 characters of base64url. An id is no secret; it only tells the credentials of one owner apart. */
const CREDENTIAL_ID_BYTES = 6;

/** A new secret: 32 characters of base64url, hence without the colon that ends a username. */
export const generateSecret = (): string => randomBytes(SECRET_BYTES).toString('base64url');

/** A new credential id of 8 characters. */
export const generateCredentialId = (): string => randomBytes(CREDENTIAL_ID_BYTES).toString('base64url');

/** Lower-case hex SHA-256 of salt followed by the secret, as a registry entry holds it. */
export const hashSecret = (secret: string, salt = ''): string => hash('sha256', salt + secret, 'hex');

/** Nothing that anybody knows has this digest. */
const NO_DIGEST = new Uint8Array(32);

/** Checked in place of the credentials of a user who has none, so that not to be known costs as much as to be wrong. */
export const DECOY_CREDENTIALS: readonly StoredCredential[] = [{ id: '', sha256: NO_DIGEST, salt: '' }];

/**
 * The id of the credential that this secret belongs to, or null. All are compared, each in constant time. Hashes once
 * per distinct salt, which is once for generated secrets however many are live, and once for an empty list or the
 * decoy, which never match.
 */
export const verifyCredential = (credentials: readonly StoredCredential[], secret: string): string | null => {
  let matching: string | null = null;
  let salt: string | null = null;
  let digest: Uint8Array = NO_DIGEST;
  for (const credential of credentials.length === 0 ? DECOY_CREDENTIALS : credentials) {
    if (credential.salt !== salt) {
      ({ salt } = credential);
      digest = hash('sha256', salt + secret, 'buffer');
    }
    if (timingSafeEqual(digest, credential.sha256)) matching = credential.id;
  }
  return credentials.length === 0 ? null : matching;
};

/** A new credential: what is stored of it, and what its owner is told this once. */
export interface NewCredential {
  readonly entry: CredentialEntry;
  readonly issued: IssuedCredential;
}

/** Makes a credential for whoever sends under the username. */
export const issueCredential = (username: string, now: EpochMs): NewCredential => {
  const id = generateCredentialId();
  const password = generateSecret();
  return { entry: { id, sha256: hashSecret(password), created_at: now }, issued: { id, username, password } };
};

import { randomBytes } from 'node:crypto';
import { OPERATOR_TOKEN_LENGTH_MIN } from '@earshot/engine';
import { readSecretFile, writeSecretFile } from './data-directory.ts';

const TOKEN_BYTES = 32;

/** The operator's token: the one given, else the one kept in the file, else a new one that is kept there. */
export const loadOperatorToken = (path: string, given: string | null): string => {
  if (given !== null) return given;
  const kept = readSecretFile(path);
  if (kept !== null && kept.length < OPERATOR_TOKEN_LENGTH_MIN) {
    throw new Error(`${path} holds fewer than ${OPERATOR_TOKEN_LENGTH_MIN} characters; delete it to get a new token`);
  }
  if (kept !== null) return kept;
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  writeSecretFile(path, token);
  return token;
};

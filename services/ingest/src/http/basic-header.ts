import { isUtf8 } from 'node:buffer';
import { type BasicCredentials, basicToken, splitCredentials } from '../domain/basic-credentials.ts';

/**
 * Credentials of an `Authorization: Basic` header; null for anything that is not strictly one. Node's base64 decoder is
 * lenient, so what it understood is written out again and must be what was sent: alphabet, length, padding and unused
 * bits in one comparison.
 */
export const parseBasicHeader = (header: string | undefined): BasicCredentials | null => {
  const token = header === undefined ? null : basicToken(header);
  if (token === null) return null;
  const bytes = Buffer.from(token, 'base64');
  if (!isUtf8(bytes) || bytes.toString('base64') !== token) return null;
  return splitCredentials(bytes.toString('utf8'));
};

import type { IncomingMessage } from 'node:http';
import { BODY_BYTES_MAX, type Fault } from '@earshot/contracts';

/** A body as JSON, or why it was not taken. Nothing sent counts as an empty object. */
export type ReadBody =
  | { readonly value: unknown }
  | { readonly status: 413 | 415 }
  | { readonly faults: readonly Fault[] }
  /** The sender went away. */
  | { readonly aborted: true };

const JSON_TYPE = /^application\/([^;\s]+\+)?json\s*(;\s*charset="?utf-8"?\s*)?$/i;
const MALFORMED: ReadBody = { faults: [{ key: 'body', message: 'malformed_json', value: '' }] };

const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;

const isReadable = (request: IncomingMessage): boolean => {
  const type = request.headers['content-type'];
  const encoding = request.headers['content-encoding'] ?? 'identity';
  return encoding.toLowerCase() === 'identity' && (type === undefined || JSON_TYPE.test(type));
};

/** The bytes of a body; null when there are too many, or the sender went away. */
const readBytes = async (request: IncomingMessage): Promise<Buffer | 'too_large' | 'aborted'> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (bytes > BODY_BYTES_MAX) return 'too_large';
      chunks.push(chunk);
    }
  } catch {
    return 'aborted';
  }
  return Buffer.concat(chunks);
};

const parseBytes = (bytes: Buffer): ReadBody => {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown };
  } catch {
    return MALFORMED;
  }
};

/** Reads a body of at most BODY_BYTES_MAX. Never rejects. */
export const readBody = async (request: IncomingMessage): Promise<ReadBody> => {
  if (!hasBody(request)) return { value: {} };
  if (!isReadable(request)) return { status: 415 };
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) return { status: 413 };
  const bytes = await readBytes(request);
  if (bytes === 'too_large') return { status: 413 };
  if (bytes === 'aborted') return { aborted: true };
  return bytes.length === 0 ? { value: {} } : parseBytes(bytes);
};

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TokenEntry } from '@earshot/contracts';

/** Whoever presents a valid token. */
export interface Principal {
  readonly role: 'operator' | 'viewer';
  /** For the audit trail. */
  readonly name: string;
}

export interface Authentication {
  /** Null when there is no valid token. Wrong tokens of any kind cost the same. */
  principalOf(request: IncomingMessage): Principal | null;
  /** Whether the request may read the metrics. */
  mayReadMetrics(request: IncomingMessage): boolean;
}

export interface AuthenticationOptions {
  /** SHA-256 of the operator token of the settings, hex. */
  readonly operatorTokenSha256: string;
  /** SHA-256 of the token for metrics, hex; null: they are open. */
  readonly metricsTokenSha256: string | null;
  /** Tokens that were made later, by the SHA-256 of theirs. */
  readonly findToken: (sha256: string) => TokenEntry | null;
}

/** RFC 6750; the scheme in any case. */
const BEARER = /^bearer +([\w\-.~+/]+=*)$/i;
/** Longer ones were not made by anybody; bounds what hashing costs. */
const TOKEN_LENGTH_MAX = 1_024;

/** The SHA-256 of a secret, hex: all that is kept of it. */
export const sha256Of = (secret: string): string => createHash('sha256').update(secret).digest('hex');

const presentedSha256 = (request: IncomingMessage): string | null => {
  const token = BEARER.exec(request.headers.authorization ?? '')?.[1];
  return token === undefined || token.length > TOKEN_LENGTH_MAX ? null : sha256Of(token);
};

const areEqual = (a: string, b: string): boolean => {
  const left = Buffer.from(a, 'hex');
  const right = Buffer.from(b, 'hex');
  return left.length === right.length && timingSafeEqual(left, right);
};

export const createAuthentication = (options: AuthenticationOptions): Authentication => {
  const principalOfSha256 = (sha256: string): Principal | null => {
    if (areEqual(sha256, options.operatorTokenSha256)) return { role: 'operator', name: 'operator' };
    const entry = options.findToken(sha256);
    return entry === null ? null : { role: entry.role, name: entry.name === '' ? entry.id : entry.name };
  };
  return {
    principalOf: (request) => {
      const sha256 = presentedSha256(request);
      return sha256 === null ? null : principalOfSha256(sha256);
    },
    mayReadMetrics: (request) => {
      if (options.metricsTokenSha256 === null) return true;
      const sha256 = presentedSha256(request);
      if (sha256 === null) return false;
      return areEqual(sha256, options.metricsTokenSha256) || principalOfSha256(sha256) !== null;
    },
  };
};

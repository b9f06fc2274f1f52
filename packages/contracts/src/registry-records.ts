import type { DurationMs, EpochMs } from './time.ts';

/**
 * Values of the registry topic (compacted, one partition). Keys: `system/<id>`, `fleet/<name>`, `token/<sha256>`, `log`.
 * A tombstone (null value) means gone. Secrets are only here as hashes.
 */
export interface CredentialEntry {
  /** 8 characters, unique within its owner. */
  readonly id: string;
  /** Lower-case hex SHA-256 of salt (if any) followed by the secret. Generated secrets have at least 160 random bits. */
  readonly sha256: string;
  readonly salt?: string;
  readonly created_at: EpochMs;
}

export interface SystemEntry {
  readonly type: 'system';
  readonly system_id: string;
  readonly fleet: string;
  readonly name: string;
  /** `key:value`. */
  readonly tags: readonly string[];
  readonly interval_ms: DurationMs;
  readonly ttl_ms: DurationMs;
  readonly paused: boolean;
  readonly paused_until: EpochMs | null;
  readonly retired: boolean;
  readonly credentials: readonly CredentialEntry[];
  readonly changed_at: EpochMs;
}

export interface FleetEntry {
  readonly type: 'fleet';
  readonly name: string;
  readonly interval_ms: DurationMs;
  readonly ttl_ms: DurationMs;
  /** Unknown systems may register themselves by sending with the fleet's secret. */
  readonly auto_register: boolean;
  readonly max_systems: number;
  /** The fleet's secret also counts for systems that have one of their own. */
  readonly covers_own: boolean;
  readonly credentials: readonly CredentialEntry[];
  readonly changed_at: EpochMs;
}

export interface TokenEntry {
  readonly type: 'token';
  readonly id: string;
  readonly role: 'operator' | 'viewer';
  readonly name: string;
}

/** Names this log, made once when it is created; part of every CloudEvent's source. */
export interface LogEntry {
  readonly type: 'log';
  readonly id: string;
}

export type RegistryEntry = SystemEntry | FleetEntry | TokenEntry | LogEntry;

export const systemKey = (systemId: string): string => `system/${systemId}`;
export const fleetKey = (name: string): string => `fleet/${name}`;
export const tokenKey = (sha256: string): string => `token/${sha256}`;
export const LOG_KEY = 'log';

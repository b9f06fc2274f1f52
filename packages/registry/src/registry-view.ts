import type { DurationMs } from '@earshot/contracts';

/** A credential as it is checked: what is stored is never the secret. */
export interface StoredCredential {
  readonly id: string;
  /** SHA-256 of salt followed by the secret, 32 bytes. */
  readonly sha256: Uint8Array;
  readonly salt: string;
}

/** What the ingest needs to know of a system. */
export interface SystemSettings {
  readonly systemId: string;
  readonly fleet: string;
  readonly ttlMs: DurationMs;
  /** Registry position of the entry. */
  readonly revision: number;
  readonly retired: boolean;
  readonly hasOwnCredentials: boolean;
}

/** What the ingest needs to know of a fleet. */
export interface FleetSettings {
  readonly name: string;
  /** What a system gets that registers itself by sending. */
  readonly ttlMs: DurationMs;
  readonly revision: number;
  readonly autoRegister: boolean;
  readonly systemsMax: number;
  readonly coversOwn: boolean;
  /** Systems registered in it now, retired ones not counted. */
  readonly systems: number;
}

export type CredentialOwner =
  | { readonly kind: 'system'; readonly system: SystemSettings; readonly credentials: readonly StoredCredential[] }
  | { readonly kind: 'fleet'; readonly fleet: FleetSettings; readonly credentials: readonly StoredCredential[] };

/** The registry in memory, as the ingest reads it. Every lookup is O(1); names are data, whatever they look like. */
export interface RegistryView {
  /** Whoever sends under this username; null if nobody has a credential for it. */
  owner(username: string): CredentialOwner | null;
  system(systemId: string): SystemSettings | null;
  fleet(name: string): FleetSettings | null;
}

/**
 * How far the view may be trusted. `current`: it was at the registry's end within CURRENT_MS. `ageing`: for
 * KNOWN_ACCEPTED_MS more, in which what it knows is still accepted and what it does not know cannot be decided.
 * `unknown`: nothing can be decided.
 */
export type Currency = 'current' | 'ageing' | 'unknown';

/** Within this time of having been at the registry's end, the view is current. */
export const CURRENT_MS: DurationMs = 5_000;
/** For this much longer, credentials that are known are still accepted. */
export const KNOWN_ACCEPTED_MS: DurationMs = 60_000;

export const currencyOf = (ageMs: DurationMs): Currency =>
  ageMs <= CURRENT_MS ? 'current' : ageMs <= CURRENT_MS + KNOWN_ACCEPTED_MS ? 'ageing' : 'unknown';

import type { DurationMs } from '@earshot/contracts';

/** What must be known of a system to accept a heartbeat for it. */
export interface KnownSystem {
  readonly systemId: string;
  readonly fleet: string;
  readonly ttlMs: DurationMs;
  /** Registry position of the entry. */
  readonly revision: number;
  readonly retired: boolean;
  readonly hasOwnCredentials: boolean;
}

/** What must be known of a fleet to accept a heartbeat that came for it. */
export interface KnownFleet {
  readonly name: string;
  /** For a system that registers itself by sending. */
  readonly ttlMs: DurationMs;
  readonly revision: number;
  readonly autoRegister: boolean;
  readonly systemsMax: number;
  readonly coversOwn: boolean;
  /** Systems registered now. */
  readonly systems: number;
}

/** The owner of a credential: one system, or a fleet that sends for its systems. */
export type KnownOwner =
  | { readonly kind: 'system'; readonly system: KnownSystem }
  | { readonly kind: 'fleet'; readonly fleet: KnownFleet };

/** Whoever a request is from, beyond doubt. */
export interface Sender {
  readonly username: string;
  readonly owner: KnownOwner;
  /** Id of the credential used. */
  readonly credential: string;
}

/** How far the table of credentials may be trusted: at the registry's end, lately there, or not to be asked. */
export type TableCurrency = 'current' | 'ageing' | 'unknown';

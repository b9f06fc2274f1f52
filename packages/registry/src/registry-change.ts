import type { DurationMs, EpochMs, Fault, FleetEntry, SystemEntry } from '@earshot/contracts';

/** A registry entry with the position it stands at, which is its revision and its ETag. */
export interface Versioned<T> {
  readonly entry: T;
  readonly revision: number;
}

/** A credential at the only moment its secret exists outside its owner. */
export interface IssuedCredential {
  readonly id: string;
  readonly username: string;
  readonly password: string;
}

/** Why a change was refused. A closed list; HTTP statuses are the surface's business. */
export type Refusal =
  | { readonly reason: 'invalid'; readonly faults: readonly Fault[] }
  | { readonly reason: 'not_found' }
  | { readonly reason: 'already_exists' }
  /** The entry is not the one the caller had seen (`ifRevision`). */
  | { readonly reason: 'changed_meanwhile' }
  /**
   * This process is not the registry's writer, or the log does not take the change now. It may have been made in part;
   * repeat it.
   */
  | { readonly reason: 'unavailable' };
export type Outcome<T> = { readonly done: T } | { readonly refused: Refusal };

export interface NewFleet {
  readonly name: string;
  readonly intervalMs: DurationMs;
  readonly ttlMs: DurationMs;
  readonly autoRegister: boolean;
  readonly systemsMax: number;
  readonly coversOwn: boolean;
}
export type FleetPatch = Partial<Omit<NewFleet, 'name'>>;

export interface NewSystem {
  readonly systemId: string;
  readonly fleet: string;
  readonly name: string;
  readonly tags: readonly string[];
  /** Undefined: the fleet's. */
  readonly intervalMs?: DurationMs;
  readonly ttlMs?: DurationMs;
}
export type SystemPatch = Partial<Omit<NewSystem, 'systemId'>>;

export interface Authored {
  /** Who asks for the change, as the audit trail shall name them; empty if nobody is named. */
  readonly by?: string;
}
export interface ChangeOptions extends Authored {
  /**
   * The revision the caller had seen; undefined: whatever it is. An entry that is already as wanted is never refused
   * for it: the caller repeats a change whose answer was lost.
   */
  readonly ifRevision?: number;
}

/**
 * The registry's one writer. A change is appended to the registry first, then, where the fold must know, as a `system`
 * record to the system's partition; it is answered after both. Every change may be repeated: a repetition ends in the
 * same state. Changes are made as if one after the other. Secrets are made here, given out once and stored only as
 * hashes. No method rejects for an operating error: that is the refusal `unavailable`.
 */
export interface RegistryWriter {
  createFleet(
    fleet: NewFleet,
    options?: Authored,
  ): Promise<Outcome<{ readonly fleet: Versioned<FleetEntry>; readonly credential: IssuedCredential }>>;
  changeFleet(name: string, patch: FleetPatch, options?: ChangeOptions): Promise<Outcome<Versioned<FleetEntry>>>;
  /** Refused as `invalid` while systems that are not retired belong to it. */
  removeFleet(name: string, options?: ChangeOptions): Promise<Outcome<null>>;
  /**
   * A new system with a secret of its own. A retired one comes back as a new registration. One that exists is refused,
   * unless the projection does not know it (`isKnownToLiveness`): then an earlier creation failed half-way and is
   * completed.
   */
  createSystem(
    system: NewSystem,
    options?: Authored,
  ): Promise<Outcome<{ readonly system: Versioned<SystemEntry>; readonly credential: IssuedCredential }>>;
  changeSystem(systemId: string, patch: SystemPatch, options?: ChangeOptions): Promise<Outcome<Versioned<SystemEntry>>>;
  retireSystem(systemId: string, options?: ChangeOptions): Promise<Outcome<null>>;
  /** `until`: when the engine resumes it by itself; null: when somebody does. */
  pauseSystem(
    systemId: string,
    until: EpochMs | null,
    options?: ChangeOptions,
  ): Promise<Outcome<Versioned<SystemEntry>>>;
  resumeSystem(systemId: string, options?: ChangeOptions): Promise<Outcome<Versioned<SystemEntry>>>;
  /** Refused as `invalid` where the owner has CREDENTIALS_MAX. */
  addCredential(owner: CredentialOwnerName, options?: Authored): Promise<Outcome<IssuedCredential>>;
  revokeCredential(owner: CredentialOwnerName, credentialId: string, options?: Authored): Promise<Outcome<null>>;
  /** Enters a system that registered itself by sending; one that is entered already stays as it is. */
  enterSeenSystem(
    seen: { readonly systemId: string; readonly fleet: string },
    options?: Authored,
  ): Promise<Outcome<null>>;
}

export type CredentialOwnerName =
  | { readonly kind: 'system'; readonly systemId: string }
  | { readonly kind: 'fleet'; readonly name: string };

/** Where the writer looks up what is entered now. */
export interface RegistryEntries {
  system(systemId: string): Versioned<SystemEntry> | null;
  fleet(name: string): Versioned<FleetEntry> | null;
  /** Whether the fleet still has systems that are not retired. */
  hasSystems(fleet: string): boolean;
  /**
   * Resolves when every registry record before `end` is in; rejects (EARSHOT_REGISTRY_BEHIND) when that takes too long,
   * a few seconds.
   */
  reached(end: number): Promise<void>;
}

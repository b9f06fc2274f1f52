import type { DurationMs } from '@earshot/contracts';

/**
 * How long an accepted system is counted that the registry does not show. It enters within seconds of its first
 * transition; one that never does (its registration was refused) must not take room for ever.
 */
export const NEWCOMER_MS: DurationMs = 300_000;

/**
 * Newcomers of all fleets together, about 30 MB. Beyond it further unknown systems wait until the registry has caught
 * up.
 */
export const NEWCOMERS_MAX = 250_000;

/** Oldest newcomers looked at per admission: twice what comes in, so that the set drains. */
const LOOKED_AT_PER_ADMISSION = 4;
/** Looked at before a fleet is called full: a refusal is final for the sender, so it may cost a little. */
const LOOKED_AT_BEFORE_REFUSAL = 1_000;

type Admission = 'first' | 'again' | 'full';

export interface Newcomers {
  /** Newcomers of the fleet besides this system; `max` is the number at which the fleet would be full. */
  besides(fleet: string, systemId: string, max: number): number;
  /** Counts the system, unless NEWCOMERS_MAX are counted already. */
  admit(fleet: string, systemId: string): Admission;
  /** The system was not recorded after all, or is registered. */
  forget(fleet: string, systemId: string): void;
}

export interface NewcomersDependencies {
  readonly isRegistered: (systemId: string) => boolean;
  readonly monotonicNow: () => DurationMs;
}

/**
 * Systems that registered themselves by sending to this process and are not in the registry yet: without them a fleet's
 * bound could be passed by any number before the registry shows the first.
 */
export const createNewcomers = (dependencies: NewcomersDependencies): Newcomers => new CountedNewcomers(dependencies);

class CountedNewcomers implements Newcomers {
  readonly #dependencies: NewcomersDependencies;
  /** Per fleet, when each system was admitted last; oldest first. */
  readonly #admittedAt = new Map<string, Map<string, DurationMs>>();
  #count = 0;

  constructor(dependencies: NewcomersDependencies) {
    this.#dependencies = dependencies;
  }

  besides(fleet: string, systemId: string, max: number): number {
    const systems = this.#admittedAt.get(fleet);
    if (systems === undefined) return 0;
    const others = (): number => systems.size - (systems.has(systemId) ? 1 : 0);
    if (others() >= max) this.#tidy(fleet, systems, LOOKED_AT_BEFORE_REFUSAL);
    return others();
  }

  admit(fleet: string, systemId: string): Admission {
    const systems = this.#admittedAt.get(fleet) ?? new Map<string, DurationMs>();
    this.#tidy(fleet, systems, LOOKED_AT_PER_ADMISSION);
    const isAgain = systems.delete(systemId);
    if (!isAgain && this.#count >= NEWCOMERS_MAX) return 'full';
    if (!isAgain) this.#count += 1;
    systems.set(systemId, this.#dependencies.monotonicNow());
    this.#admittedAt.set(fleet, systems);
    return isAgain ? 'again' : 'first';
  }

  forget(fleet: string, systemId: string): void {
    if (this.#count === 0) return;
    const systems = this.#admittedAt.get(fleet);
    if (systems !== undefined) this.#remove(fleet, systems, systemId);
  }

  #tidy(fleet: string, systems: Map<string, DurationMs>, lookedAtMax: number): void {
    const expired = this.#dependencies.monotonicNow() - NEWCOMER_MS;
    let lookedAt = 0;
    for (const [systemId, admittedAt] of systems) {
      lookedAt += 1;
      if (lookedAt > lookedAtMax) return;
      if (admittedAt <= expired || this.#dependencies.isRegistered(systemId)) this.#remove(fleet, systems, systemId);
    }
  }

  #remove(fleet: string, systems: Map<string, DurationMs>, systemId: string): void {
    if (!systems.delete(systemId)) return;
    this.#count -= 1;
    if (systems.size === 0) this.#admittedAt.delete(fleet);
  }
}

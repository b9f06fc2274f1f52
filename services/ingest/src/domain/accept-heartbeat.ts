import type { HeartbeatRecord } from '@earshot/contracts';
import type { KnownFleet, KnownSystem, Sender, TableCurrency } from './known-sender.ts';

/** `forbidden` is the truth about a sender; `undecided` is one about us. */
export type Acceptance =
  | {
      readonly record: HeartbeatRecord;
      /** The fleet that an unregistered system would join; null for a registered one. */
      readonly newcomerOf: KnownFleet | null;
    }
  | { readonly refusal: 'forbidden' }
  | { readonly refusal: 'undecided' };

export interface HeartbeatFacts {
  readonly sender: Sender;
  readonly systemId: string;
  /** The system's entry; null if it has none. */
  readonly system: KnownSystem | null;
  readonly currency: TableCurrency;
  /** Systems of the sender's fleet that were accepted here and are not yet registered, this one not counted. */
  readonly newcomers: number;
}

/** Whether the sender may send for this system. A system's own secret sends for itself; a fleet's for its systems. */
const covers = (sender: Sender, system: KnownSystem): boolean => {
  if (system.retired) return false;
  if (sender.owner.kind === 'system') return true;
  const { fleet } = sender.owner;
  return system.fleet === fleet.name && (!system.hasOwnCredentials || fleet.coversOwn);
};

const hasRoom = (fleet: KnownFleet, newcomers: number): boolean =>
  fleet.autoRegister && fleet.systems + newcomers < fleet.systemsMax;

const recordFor = (basis: KnownSystem | KnownFleet, fleet: string, credential: string): HeartbeatRecord => ({
  type: 'heartbeat',
  ttl_ms: basis.ttlMs,
  revision: basis.revision,
  fleet,
  credential,
});

/**
 * Whether a heartbeat of an authentic sender is accepted, and the record it becomes: the ttl in force, the revision
 * that rests on, the fleet it came for and the credential used. A refusal by a table that is no longer current is
 * undecided (G4).
 */
export const acceptHeartbeat = (facts: HeartbeatFacts): Acceptance => {
  const refused: Acceptance = { refusal: facts.currency === 'current' ? 'forbidden' : 'undecided' };
  const { sender } = facts;
  const { owner } = sender;
  if (owner.kind === 'system' && owner.system.systemId !== facts.systemId) return refused;
  const system = owner.kind === 'system' ? owner.system : facts.system;
  if (system !== null) {
    if (!covers(sender, system)) return refused;
    return { record: recordFor(system, system.fleet, sender.credential), newcomerOf: null };
  }
  if (owner.kind === 'system' || !hasRoom(owner.fleet, facts.newcomers)) return refused;
  return { record: recordFor(owner.fleet, owner.fleet.name, sender.credential), newcomerOf: owner.fleet };
};

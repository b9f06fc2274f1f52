import { type EpochMs, type HeartbeatRecord, HEARTBEATS_TOPIC, partitionOf } from '@earshot/contracts';
import type { AppendOutcome, NewRecord } from '@earshot/event-log';
import { type Currency, type RegistryView, type StoredCredential, verifyCredential } from '@earshot/registry';
import type { Clock } from '@earshot/runtime';
import { type Acceptance, acceptHeartbeat } from '../domain/accept-heartbeat.ts';
import { authenticate } from '../domain/authenticate.ts';
import type { BasicCredentials } from '../domain/basic-credentials.ts';
import { heartbeatText } from '../domain/heartbeat-text.ts';
import type { KnownFleet, Sender } from '../domain/known-sender.ts';
import type { AppendQueue } from './append-queue.ts';
import type { Knocking } from './knocking.ts';
import type { Newcomers } from './newcomers.ts';
import type { QueueShares } from './queue-shares.ts';
import type { SystemLimiter } from './system-limiter.ts';

/** Whose a request is, or why that is not said. */
type Identified = { readonly sender: Sender } | { readonly outcome: 'unauthenticated' | 'refused' };

/** What became of a heartbeat; `at` is the time under which the log has it. */
export type Heard =
  | { readonly outcome: 'accepted'; readonly at: EpochMs }
  | { readonly outcome: 'forbidden' | 'limited' | 'refused' };

/**
 * The decisions about one request, in the order in which they are answered: `canDecide`, `identify`, `admit` for a
 * system's own credential, then, when the body has said which system it is about, `hear`. A request of an authentic
 * system that is turned away for our sake or for its noise is told to the knocks of its partition.
 */
export interface Hearing {
  /** Whether the table of credentials may be asked at all. */
  canDecide(): boolean;
  identify(credentials: BasicCredentials | null): Identified;
  /** Before the body is read, for a sender that can only be one system: false when it sends too much. */
  admit(sender: Sender): boolean;
  /** Appends the heartbeat if it may be; `answer` is called once, at once or when the log has answered. */
  hear(sender: Sender, systemId: string, answer: (heard: Heard) => void): void;
  /** The request of this sender for this system failed by a fault of ours. Never throws. */
  failed(sender: Sender, systemId: string): void;
}

export interface HearingDependencies {
  readonly registry: { readonly view: RegistryView; currency(): Currency };
  readonly partitions: number;
  readonly queue: AppendQueue;
  readonly shares: QueueShares;
  readonly limiter: SystemLimiter;
  readonly newcomers: Newcomers;
  readonly knocking: Knocking;
  readonly clock: Clock;
}

const UNAUTHENTICATED: Identified = { outcome: 'unauthenticated' };
const UNDECIDED: Identified = { outcome: 'refused' };
const FORBIDDEN: Heard = { outcome: 'forbidden' };
const LIMITED: Heard = { outcome: 'limited' };
const REFUSED: Heard = { outcome: 'refused' };
const NO_CREDENTIALS: readonly StoredCredential[] = [];

export const createHearing = (dependencies: HearingDependencies): Hearing => new OrderedHearing(dependencies);

/** A heartbeat on its way into the log. */
interface Accepted {
  readonly sender: Sender;
  readonly systemId: string;
  readonly record: HeartbeatRecord;
  readonly newcomerOf: KnownFleet | null;
}

class OrderedHearing implements Hearing {
  readonly #dependencies: HearingDependencies;

  constructor(dependencies: HearingDependencies) {
    this.#dependencies = dependencies;
  }

  canDecide(): boolean {
    return this.#dependencies.registry.currency() !== 'unknown';
  }

  identify(credentials: BasicCredentials | null): Identified {
    // What is no credential at all needs no table to be wrong.
    if (credentials === null) return UNAUTHENTICATED;
    const { registry } = this.#dependencies;
    const owner = registry.view.owner(credentials.username);
    const authentication = authenticate({
      username: credentials.username,
      owner,
      credential: verifyCredential(owner?.credentials ?? NO_CREDENTIALS, credentials.secret),
      currency: registry.currency(),
    });
    if ('sender' in authentication) return authentication;
    return authentication.refusal === 'unauthenticated' ? UNAUTHENTICATED : UNDECIDED;
  }

  admit(sender: Sender): boolean {
    return sender.owner.kind === 'fleet' || this.#isAllowed(sender, sender.owner.system.systemId);
  }

  hear(sender: Sender, systemId: string, answer: (heard: Heard) => void): void {
    const acceptance = this.#accept(sender, systemId);
    if ('refusal' in acceptance) answer(acceptance.refusal === 'forbidden' ? FORBIDDEN : REFUSED);
    else if (sender.owner.kind === 'fleet' && !this.#isAllowed(sender, systemId)) answer(LIMITED);
    else this.#record({ sender, systemId, ...acceptance }, answer);
  }

  failed(sender: Sender, systemId: string): void {
    try {
      if ('record' in this.#accept(sender, systemId)) this.#dependencies.knocking.turnedAway(systemId, 'refused');
    } catch {
      // The fault keeps us from telling whose request it was: it counts in the metric only.
    }
  }

  /**
   * Takes from the allowance of a system that the sender may send for: of another's it takes nothing. A system turned
   * away for its noise is alive.
   */
  #isAllowed(sender: Sender, systemId: string): boolean {
    const { clock, knocking, limiter, queue, shares } = this.#dependencies;
    const isAllowed =
      limiter.take(systemId, clock.monotonicNow()) && !shares.isAboveShare(sender.username, queue.records());
    if (!isAllowed) knocking.turnedAway(systemId, 'limited');
    return isAllowed;
  }

  #accept(sender: Sender, systemId: string): Acceptance {
    const { newcomers, registry } = this.#dependencies;
    const currency = registry.currency();
    if (sender.owner.kind === 'system') {
      return acceptHeartbeat({ sender, systemId, system: sender.owner.system, currency, newcomers: 0 });
    }
    const { fleet } = sender.owner;
    const system = registry.view.system(systemId);
    const others = system === null ? newcomers.besides(fleet.name, systemId, fleet.systemsMax - fleet.systems) : 0;
    return acceptHeartbeat({ sender, systemId, system, currency, newcomers: others });
  }

  #record(accepted: Accepted, answer: (heard: Heard) => void): void {
    const { knocking, newcomers, queue, shares } = this.#dependencies;
    const { newcomerOf, sender, systemId } = accepted;
    const admission = newcomerOf === null ? null : newcomers.admit(newcomerOf.name, systemId);
    const refuse = (): void => {
      if (newcomerOf !== null && admission === 'first') newcomers.forget(newcomerOf.name, systemId);
      knocking.turnedAway(systemId, 'refused');
      answer(REFUSED);
    };
    const settled = (outcome: AppendOutcome): void => {
      shares.left(sender.username);
      if ('error' in outcome) refuse();
      else answer({ outcome: 'accepted', at: outcome.appendedAt });
    };
    const canRecord = knocking.isKnown() && admission !== 'full';
    if (!canRecord || !queue.offer(this.#newRecord(accepted), settled)) {
      refuse();
      return;
    }
    shares.entered(sender.username);
    if (newcomerOf === null) newcomers.forget(accepted.record.fleet ?? '', systemId);
  }

  #newRecord({ record, systemId }: Accepted): NewRecord {
    const partition = partitionOf(systemId, this.#dependencies.partitions);
    return { topic: HEARTBEATS_TOPIC, partition, key: systemId, value: heartbeatText(record) };
  }
}

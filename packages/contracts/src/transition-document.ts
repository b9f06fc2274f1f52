import type { EpochMs } from './time.ts';
import { toIso, toIsoOrNull } from './time.ts';
import type { Evidence, Outage, OutageCause, SystemState, Transition, VerdictRule } from './liveness-state.ts';

/**
 * Transitions as the outside sees them: members in snake case, instants as ISO text, durations in seconds. The same document is
 * the `data` of the published event and what the engine answers, so that nothing can differ between the two.
 */
export interface OutageDocument {
  readonly from: string;
  readonly to: string;
  readonly cause: OutageCause;
  readonly ingest: string;
}

/** The actual inputs of an offline decision. */
export interface VerdictDocument {
  readonly last_seen: string | null;
  /** From when the silence counted: last seen, or later. */
  readonly since: string;
  readonly ttl_seconds: number;
  readonly proven: string;
  readonly decided_at: string;
  readonly rule: VerdictRule;
  /** Open time counted since `since`. */
  readonly open_seconds: number;
  /** Start of the open stretch at the decision. */
  readonly open_since: string;
  readonly outages: readonly OutageDocument[];
  readonly held_seconds: number;
}

export interface TransitionDocument {
  readonly id: string;
  readonly system_id: string;
  readonly fleet: string;
  /** Registry position at which this registration of the system began; sequences count within it. */
  readonly registration: number;
  readonly sequence: number;
  readonly from: SystemState;
  readonly to: 'online' | 'offline';
  readonly occurred_at: string;
  readonly decided_at: string;
  readonly ttl_seconds: number;
  readonly position: number;
  /** Null for online: a heartbeat needs no evidence. */
  readonly verdict: VerdictDocument | null;
}

export const outageDocument = (outage: Outage): OutageDocument => ({
  from: toIso(outage.from),
  to: toIso(outage.to),
  cause: outage.cause,
  ingest: outage.ingest,
});

const verdictDocument = (evidence: Evidence, rule: VerdictRule, decidedAt: EpochMs): VerdictDocument => ({
  last_seen: toIsoOrNull(evidence.lastSeen),
  since: toIso(evidence.since),
  ttl_seconds: evidence.ttlMs / 1_000,
  proven: toIso(evidence.proven),
  decided_at: toIso(decidedAt),
  rule,
  open_seconds: evidence.openMs / 1_000,
  open_since: toIso(evidence.openSince),
  outages: evidence.outages.map(outageDocument),
  held_seconds: evidence.heldMs / 1_000,
});

export const transitionDocument = (transition: Transition): TransitionDocument => ({
  id: transition.id,
  system_id: transition.systemId,
  fleet: transition.fleet,
  registration: transition.registration,
  sequence: transition.sequence,
  from: transition.from,
  to: transition.to,
  occurred_at: toIso(transition.occurredAt),
  decided_at: toIso(transition.decidedAt),
  ttl_seconds: transition.evidence.ttlMs / 1_000,
  position: transition.position,
  verdict:
    transition.evidence.rule === null
      ? null
      : verdictDocument(transition.evidence, transition.evidence.rule, transition.decidedAt),
});

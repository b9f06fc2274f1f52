import type { DurationMs, EpochMs } from './time.ts';

/**
 * What liveness knows of a partition and of a system: the state of the fold as plain data. It is what the projection
 * stores, what a restart loads, and what the engine reads.
 */

export type SystemState = 'unseen' | 'online' | 'offline';

/** Why time was closed. A closed list: it labels a metric. */
export type OutageCause =
  | 'not_heard'
  | 'turned_away'
  | 'vanished'
  | 'nobody_listened'
  | 'leaving'
  | 'clock_set_back'
  | 'records_lost';
export const OUTAGE_CAUSES: readonly OutageCause[] = [
  'not_heard',
  'turned_away',
  'vanished',
  'nobody_listened',
  'leaving',
  'clock_set_back',
  'records_lost',
];

/** A closed stretch of log time, `from` inclusive, `to` exclusive. */
export interface Outage {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly cause: OutageCause;
  /** The ingest that was not heard, or empty where it is nobody's. */
  readonly ingest: string;
}

/** An ingest whose knocks the partition has seen. */
export interface Listener {
  readonly ingest: string;
  /** Log time of its newest knock. */
  readonly at: EpochMs;
  /** Number of its newest knock. */
  readonly n: number;
  /** From when its leaving is counted. */
  readonly timer: EpochMs;
  readonly leaving: boolean;
}

/** `released`: an operator ended its effect, the mass silence itself goes on. */
export type HoldState = 'none' | 'on' | 'released';

export interface PartitionState {
  /** The record folded last; -1 before the first. */
  readonly position: number;
  /** Newest log time seen. */
  readonly now: EpochMs;
  /** Oldest among the listeners' newest knocks: the only time a verdict knows. */
  readonly proven: EpochMs;
  /** Start of the open stretch. */
  readonly openSince: EpochMs;
  /** Open time counted so far. */
  readonly open: DurationMs;
  /** Log time of the newest knock of anyone. */
  readonly lastKnock: EpochMs;
  readonly hold: HoldState;
  /** Proven time at which the newest hold opened and ended; null where there was none, or it has not ended. Evidence only. */
  readonly holdOpenedAt: EpochMs | null;
  readonly holdClosedAt: EpochMs | null;
  readonly listeners: readonly Listener[];
  /** Oldest first. */
  readonly ledger: readonly Outage[];
}

export interface SystemRow {
  readonly systemId: string;
  readonly fleet: string;
  readonly ttlMs: DurationMs;
  /** Registry position that ttl and fleet rest on. */
  readonly ttlRevision: number;
  /** Registry position that paused and retired rest on. */
  readonly revision: number;
  /** Revision at which this registration began. */
  readonly registration: number;
  readonly state: SystemState;
  readonly paused: boolean;
  readonly retiredAt: EpochMs | null;
  readonly lastSeen: EpochMs | null;
  /** From when its silence counts: its last heartbeat, or later. */
  readonly since: EpochMs;
  /** The partition's open time at `since`. */
  readonly openAt: DurationMs;
  /** Number of its newest transition; 0 before the first. */
  readonly sequence: number;
  /** No verdicts up to this position (after a rebuild); -1 otherwise. */
  readonly mutedTo: number;
  /** Id of the credential of its newest heartbeat; empty if unknown. */
  readonly credential: string;
}

/** Contiguous: one open stretch of a ttl. Accumulated: ACCUMULATED_TTLS of open time in pieces. */
export type VerdictRule = 'contiguous' | 'accumulated';

/** The actual inputs of a decision, stored with the transition. */
export interface Evidence {
  readonly lastSeen: EpochMs | null;
  readonly since: EpochMs;
  readonly ttlMs: DurationMs;
  readonly proven: EpochMs;
  readonly openSince: EpochMs;
  /** Open time counted since `since`. */
  readonly openMs: DurationMs;
  /** Null for online. */
  readonly rule: VerdictRule | null;
  /** Outages since last seen, newest EVIDENCE_OUTAGES_MAX, oldest first. */
  readonly outages: readonly Outage[];
  readonly hold: HoldState;
  /** How long a hold delayed this verdict. */
  readonly heldMs: DurationMs;
}

/** One change of a system's state. */
export interface Transition {
  /** `<position>/<system_id>`, unique within the partition, the same for every owner that folds the record. */
  readonly id: string;
  readonly position: number;
  readonly systemId: string;
  readonly fleet: string;
  readonly registration: number;
  /** Gapless per registration; 1 is the first online. */
  readonly sequence: number;
  readonly from: SystemState;
  readonly to: 'online' | 'offline';
  /** Offline: proven time at the decision. Online: the heartbeat's log time. */
  readonly occurredAt: EpochMs;
  /** The partition's now. */
  readonly decidedAt: EpochMs;
  readonly evidence: Evidence;
}

interface PartitionEventBase {
  /** `<partition>/<position>/<event>`. */
  readonly id: string;
  readonly position: number;
  /** The partition's now. */
  readonly at: EpochMs;
}
export interface FleetSilenceOpened extends PartitionEventBase {
  readonly event: 'fleet-silence-opened';
  readonly late: number;
  readonly listed: number;
}
export interface FleetSilenceClosed extends PartitionEventBase {
  readonly event: 'fleet-silence-closed';
  readonly reason: 'recovered' | 'operator';
  /** Who released it and why; empty if it recovered. */
  readonly by: string;
  readonly note: string;
}
export interface OutageRecorded extends PartitionEventBase {
  readonly event: 'outage-recorded';
  readonly outage: Outage;
}
export type PartitionEvent = FleetSilenceOpened | FleetSilenceClosed | OutageRecorded;

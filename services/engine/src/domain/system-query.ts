import type { DurationMs, EpochMs, SystemState, VerdictDocument } from '@earshot/contracts';

/** Where a system stands: its state, or out of the watch. Every system is in exactly one lane, so that lanes add up. */
export type Lane = SystemState | 'retired';
export const LANES: readonly Lane[] = ['unseen', 'online', 'offline', 'retired'];
/** What is watched: what lists show and totals count unless somebody asks for the retired. */
export const WATCHED_LANES: readonly Lane[] = ['unseen', 'online', 'offline'];

/** What may be set beside the state; these overlap with it and with each other. */
export type Flag = 'late' | 'held' | 'paused';
export const FLAGS: readonly Flag[] = ['late', 'held', 'paused'];

export type SystemSort = 'system_id' | 'last_seen' | 'state_since' | 'offline_at';
export const SYSTEM_SORTS: readonly SystemSort[] = ['system_id', 'last_seen', 'state_since', 'offline_at'];

/** Which systems a list is about. Empty lists do not restrict; what is not empty must hold together. */
export interface SystemFilter {
  readonly standing: Standing;
  /** In one of these fleets. */
  readonly fleets: readonly string[];
  /** With all of these tags. */
  readonly tags: readonly string[];
  /** Beginning of the id or of the name; empty for any. */
  readonly prefix: string;
  readonly systemIds: readonly string[];
}

/** A system fits when one of the three holds; where nothing is named, none does. */
export interface Standing {
  readonly lanes: readonly Lane[];
  /** Paused, and not retired. */
  readonly paused: boolean;
  /** By id: those late or held now, which no catalog knows. */
  readonly named: readonly string[];
}

export const ANY_STANDING: Standing = { lanes: WATCHED_LANES, paused: false, named: [] };

export interface SystemOrder {
  readonly sort: SystemSort;
  readonly descending: boolean;
}

/**
 * A place between two rows of a list: the value of the row before it and, where several rows have that value, that row's number.
 * Rows without a value come last in either direction.
 */
export interface RowKey {
  readonly value: string | number | null;
  readonly number: number;
}

/** A system as the catalog knows it: its settings as entered, its liveness as of its newest transition. */
export interface KnownSystem {
  /** Of its row in this catalog; another catalog numbers anew. */
  readonly number: number;
  readonly systemId: string;
  readonly fleet: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly intervalMs: DurationMs;
  readonly ttlMs: DurationMs;
  readonly state: SystemState;
  readonly retired: boolean;
  readonly paused: boolean;
  readonly pausedUntil: EpochMs | null;
  readonly stateSince: EpochMs | null;
  /** Of an online system: as the last rolling pass saw it. */
  readonly lastSeen: EpochMs | null;
  readonly offlineAt: EpochMs | null;
  readonly registration: number;
  readonly sequence: number;
  /** Registry position of its entry; null while it has none, because it registered itself by sending a moment ago. */
  readonly revision: number | null;
  /** Of its newest transition, exactly as it was stored; null unless that was offline. */
  readonly verdict: VerdictDocument | null;
}

/** How many systems there are; the three states add up to `systems`. */
export interface LaneTotals {
  readonly systems: number;
  readonly unseen: number;
  readonly online: number;
  readonly offline: number;
  readonly paused: number;
}

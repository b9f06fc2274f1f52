import type { DurationMs } from './time.ts';

/**
 * Records of the heartbeats topic, as JSON values. Members that are false, empty or 0 are left out.
 * `revision` is the registry position of the entry that the record's settings rest on.
 */

/** Key: the system_id. Appended by ingest for every accepted POST. */
export interface HeartbeatRecord {
  readonly type: 'heartbeat';
  readonly ttl_ms: DurationMs;
  readonly revision?: number;
  /** The fleet the heartbeat came for. */
  readonly fleet?: string;
  /** Id of the credential used. */
  readonly credential?: string;
}

/** Key: null, partition given. Appended once a second by each ingest to every partition: proof that it hears and records. */
export interface KnockRecord {
  readonly type: 'knock';
  /** The ingest's id, new at each start. */
  readonly ingest: string;
  /** Counts up from 1; a number not above the last one seen proves nothing. */
  readonly n: number;
  /** Authentic heartbeats turned away with 5xx since the last acknowledged knock, beyond those named. */
  readonly refused?: number;
  /** Systems turned away since the last acknowledged knock: plainly alive. */
  readonly names?: readonly string[];
  readonly leaving?: boolean;
  readonly goodbye?: boolean;
}

/** Key: the system_id. Appended by the registry's writer: what cannot wait for the next heartbeat. */
export interface SystemRecord {
  readonly type: 'system';
  readonly revision?: number;
  readonly ttl_ms?: DurationMs;
  readonly paused?: boolean;
  readonly retired?: boolean;
  readonly fleet?: string;
}

/** Key: null, partition given. An operator ends the effect of a hold. */
export interface ReleaseRecord {
  readonly type: 'release';
  readonly by?: string;
  readonly reason?: string;
}

export type HeartbeatTopicRecord = HeartbeatRecord | KnockRecord | SystemRecord | ReleaseRecord;

/**
 * Why a record could not be read. One closed list for metric label and log field.
 */
export type UnreadableReason = 'not_json' | 'unknown_type' | 'schema' | 'no_key';
export const UNREADABLE_REASONS: readonly UnreadableReason[] = ['not_json', 'unknown_type', 'schema', 'no_key'];

import type { DurationMs } from './time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const HEARTBEATS_TOPIC = 'heartbeats.v1';
export const REGISTRY_TOPIC = 'registry.v1';
export const TRANSITIONS_TOPIC = 'transitions.v1';
export const INCIDENTS_TOPIC = 'incidents.v1';
export const REJECTIONS_TOPIC = 'rejections.v1';
export const AUDIT_TOPIC = 'audit.v1';

export const PARTITIONS_EMBEDDED = 1;
export const PARTITIONS_DISTRIBUTED = 12;
/** About a million systems or 100,000 records a second each dozen; the log's file or cluster bounds it long before this. */
export const PARTITIONS_MAX = 1_000;
export const HEARTBEATS_RETENTION_MS_DEFAULT: DurationMs = 6 * HOUR_MS;
export const HISTORY_MS_DEFAULT: DurationMs = 90 * DAY_MS;

/** How a topic forgets: by age (and bytes, where the adapter can), or all but the newest value per key. */
export type Cleanup =
  | { readonly kind: 'delete'; readonly retentionMs: DurationMs; readonly retentionBytes?: number }
  | { readonly kind: 'compact'; readonly minCompactionLagMs: DurationMs };

export interface TopicSpec {
  /** Without the deployment's prefix, which is the adapter's business. */
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: Cleanup;
  /** Sent as a `content-type` header with each record, where the adapter has headers. */
  readonly contentType?: string;
}

export interface TopicOptions {
  /** Partitions of heartbeats, transitions and incidents; fixed when the log is created. */
  readonly partitions: number;
  readonly heartbeatsRetentionMs?: DurationMs;
  readonly heartbeatsRetentionBytes?: number;
  readonly historyMs?: DurationMs;
}

/** What every Earshot deployment keeps in its log. */
export const topicSpecs = (options: TopicOptions): readonly TopicSpec[] => {
  const { partitions } = options;
  const historyMs = options.historyMs ?? HISTORY_MS_DEFAULT;
  const retentionMs = options.heartbeatsRetentionMs ?? HEARTBEATS_RETENTION_MS_DEFAULT;
  const bytes = options.heartbeatsRetentionBytes;
  const contentType = 'application/cloudevents+json; charset=utf-8';
  return [
    {
      name: HEARTBEATS_TOPIC,
      partitions,
      cleanup: { kind: 'delete', retentionMs, ...(bytes === undefined ? {} : { retentionBytes: bytes }) },
    },
    { name: REGISTRY_TOPIC, partitions: 1, cleanup: { kind: 'compact', minCompactionLagMs: 0 } },
    { name: TRANSITIONS_TOPIC, partitions, cleanup: { kind: 'compact', minCompactionLagMs: historyMs }, contentType },
    { name: INCIDENTS_TOPIC, partitions, cleanup: { kind: 'delete', retentionMs: historyMs }, contentType },
    { name: REJECTIONS_TOPIC, partitions: 1, cleanup: { kind: 'delete', retentionMs: 7 * DAY_MS } },
    { name: AUDIT_TOPIC, partitions: 1, cleanup: { kind: 'delete', retentionMs: 400 * DAY_MS } },
  ];
};

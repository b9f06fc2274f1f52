import type { Cleanup, DurationMs, TopicSpec } from '@earshot/contracts';
import { BATCH_BYTES_MAX } from '../options.ts';

/** A topic's settings as Kafka names and spells them. */
export type TopicSettings = Readonly<Record<string, string>>;

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Retention deletes whole segments, so one must be a small part of what is kept: 10 minutes of 6 hours. */
const SEGMENTS_KEPT = 36;
const SEGMENT_MS_MIN: DurationMs = 10 * MINUTE_MS;
const SEGMENT_BYTES: number = 128 * 1_048_576;

/** What no topic of ours may be without: the guarantees rest on it. */
const GROUND: TopicSettings = {
  // The broker orders the records and says when (T1).
  'message.timestamp.type': 'LogAppendTime',
  // A replica that lacks acknowledged records never becomes leader (G3).
  'unclean.leader.election.enable': 'false',
};

/** Settings of a topic as it is created. */
export const settingsOfTopic = (spec: TopicSpec, minInsyncReplicas: number): TopicSettings => ({
  ...groundOf(spec.cleanup),
  ...tuningOf(spec),
  'min.insync.replicas': `${minInsyncReplicas}`,
});

/**
 * Those that an existing topic must have: another value would break a guarantee, and changing it is for the operator.
 */
export const groundOf = (cleanup: Cleanup): TopicSettings => ({ ...GROUND, 'cleanup.policy': cleanup.kind });

/** Those that follow our own settings whenever these change. */
export const tuningOf = ({ cleanup, partitions }: TopicSpec): TopicSettings => ({
  ...(cleanup.kind === 'delete' ? retentionOf(cleanup, partitions) : compactionOf(cleanup)),
  'segment.bytes': `${SEGMENT_BYTES}`,
  'compression.type': 'producer',
  'max.message.bytes': `${BATCH_BYTES_MAX}`,
});

const retentionOf = (cleanup: Extract<Cleanup, { kind: 'delete' }>, partitions: number): TopicSettings => {
  const { retentionMs, retentionBytes } = cleanup;
  const segmentMs = Math.min(DAY_MS, Math.max(SEGMENT_MS_MIN, Math.floor(retentionMs / SEGMENTS_KEPT)));
  return {
    'retention.ms': `${retentionMs}`,
    // Ours is for the topic, Kafka's for each partition.
    ...(retentionBytes === undefined ? {} : { 'retention.bytes': `${Math.ceil(retentionBytes / partitions)}` }),
    'segment.ms': `${segmentMs}`,
  };
};

/** Only closed segments are compacted: a day's changes stay as they came. */
const compactionOf = ({ minCompactionLagMs }: Extract<Cleanup, { kind: 'compact' }>): TopicSettings => ({
  'min.compaction.lag.ms': `${minCompactionLagMs}`,
  'segment.ms': `${DAY_MS}`,
});

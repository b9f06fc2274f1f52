import { describe, expect, it } from 'vitest';
import { HEARTBEATS_TOPIC, topicSpecs, TRANSITIONS_TOPIC, type TopicSpec } from '@earshot/contracts';
import { settingsOfTopic } from './topic-settings.ts';

const specOf = (name: string): TopicSpec => {
  const spec = topicSpecs({ partitions: 12 }).find((each) => each.name === name);
  if (spec === undefined) throw new Error(`no topic ${name}`);
  return spec;
};

describe('settings of topics', () => {
  it('heartbeats are kept 6 h in segments of 10 minutes and 128 MiB', () => {
    expect(settingsOfTopic(specOf(HEARTBEATS_TOPIC), 2)).toEqual({
      'message.timestamp.type': 'LogAppendTime',
      'unclean.leader.election.enable': 'false',
      'cleanup.policy': 'delete',
      'retention.ms': '21600000',
      'segment.ms': '600000',
      'segment.bytes': '134217728',
      'compression.type': 'producer',
      'max.message.bytes': '1048588',
      'min.insync.replicas': '2',
    });
  });

  it('transitions are compacted, not before 90 days', () => {
    expect(settingsOfTopic(specOf(TRANSITIONS_TOPIC), 1)).toMatchObject({
      'cleanup.policy': 'compact',
      'min.compaction.lag.ms': '7776000000',
      'segment.ms': '86400000',
    });
  });

  it('no topic of ours is without the broker as its clock, or gives up acknowledged records', () => {
    for (const spec of topicSpecs({ partitions: 12 })) {
      expect(settingsOfTopic(spec, 1)).toMatchObject({
        'message.timestamp.type': 'LogAppendTime',
        'unclean.leader.election.enable': 'false',
      });
    }
  });

  it('bytes to keep are shared out to the partitions', () => {
    const spec: TopicSpec = {
      name: 'a',
      partitions: 3,
      cleanup: { kind: 'delete', retentionMs: 1_000, retentionBytes: 100 },
    };
    expect(settingsOfTopic(spec, 1)).toMatchObject({ 'retention.bytes': '34', 'segment.ms': '600000' });
  });
});

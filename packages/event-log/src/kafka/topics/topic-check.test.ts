import { describe, expect, it } from 'vitest';
import type { TopicSpec } from '@earshot/contracts';
import { staleSettings, topicFault } from './topic-check.ts';
import { createCommand } from './topic-commands.ts';
import { settingsOfTopic } from './topic-settings.ts';

const BROKERS = ['one:9092', 'two:9092'];
const SPEC: TopicSpec = { name: 'records.v1', partitions: 3, cleanup: { kind: 'delete', retentionMs: 86_400_000 } };
const SETTINGS = settingsOfTopic(SPEC, 1);
const FOUND = { kafkaName: 'earshot.records.v1', partitions: 3, settings: SETTINGS };

const found = (settings: Readonly<Record<string, string>>): typeof FOUND => ({
  ...FOUND,
  settings: { ...SETTINGS, ...settings },
});

describe('topics that exist', () => {
  it('one that is as we would make it is fine', () => {
    expect(topicFault(SPEC, FOUND, BROKERS)).toBeNull();
    expect(staleSettings(SPEC, FOUND, 1)).toEqual({});
  });

  it('another number of partitions is refused, with both numbers', () => {
    const fault = topicFault(SPEC, { ...FOUND, partitions: 4 }, BROKERS);
    expect(fault).toMatchObject({ code: 'EARSHOT_LOG_TOPIC_MISMATCH' });
    expect(fault?.message).toMatch(/earshot\.records\.v1 has 4 partitions, not the 3 asked for/u);
  });

  it.each([
    ['message.timestamp.type', 'CreateTime', 'LogAppendTime'],
    ['cleanup.policy', 'compact', 'delete'],
    ['cleanup.policy', 'compact,delete', 'delete'],
    ['unclean.leader.election.enable', 'true', 'false'],
  ])('%s=%s is refused, with the command that makes it %s', (name, value, wanted) => {
    const fault = topicFault(SPEC, found({ [name]: value }), BROKERS);
    expect(fault?.code).toBe('EARSHOT_LOG_TOPIC_MISMATCH');
    expect(fault?.message).toContain(`${name}=${value} instead of ${wanted}`);
    expect(fault?.message).toContain(
      'kafka-configs.sh --bootstrap-server one:9092,two:9092 --alter --entity-type topics ' +
        `--entity-name earshot.records.v1 --add-config ${name}=${wanted}`,
    );
  });

  it('another retention is taken over', () => {
    expect(staleSettings(SPEC, found({ 'retention.ms': '1000' }), 1)).toEqual({ 'retention.ms': '86400000' });
  });

  it('in-sync replicas are raised, never lowered', () => {
    expect(staleSettings(SPEC, found({ 'min.insync.replicas': '1' }), 2)).toEqual({ 'min.insync.replicas': '2' });
    expect(staleSettings(SPEC, found({ 'min.insync.replicas': '2' }), 1)).toEqual({});
  });

  it('the command for a missing topic makes it as we would', () => {
    const command = createCommand({
      brokers: BROKERS,
      topic: FOUND.kafkaName,
      partitions: 3,
      replicationFactor: 3,
      settings: { 'cleanup.policy': 'delete', 'retention.ms': '1000' },
    });
    expect(command).toBe(
      'kafka-topics.sh --bootstrap-server one:9092,two:9092 --create --topic earshot.records.v1 ' +
        '--partitions 3 --replication-factor 3 --config cleanup.policy=delete --config retention.ms=1000',
    );
  });
});

import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { kafkajsInternals, repairKafkajs } from './kafkajs-repairs.ts';

const internals = kafkajsInternals();
const original = {
  schedule: internals.requestQueue.scheduleCheckPendingRequests,
  parse: internals.metadataResponse.parse,
  find: internals.cluster.findLeaderForPartitions,
  fetch: internals.cluster.fetchTopicsOffset,
};

const partition = (leader: number, partitionErrorCode: number): { leader: number; partitionErrorCode: number } => ({
  leader,
  partitionErrorCode,
});

const metadataOf = (...partitions: ReturnType<typeof partition>[]): never =>
  ({ topicMetadata: [{ topic: 'a', topicErrorCode: 0, partitionMetadata: partitions }] }) as never;

describe('repairs of kafkajs', () => {
  it('the version is the one that was repaired', () => {
    expect(createRequire(import.meta.url)('kafkajs/package.json')).toHaveProperty('version', '2.2.4');
  });

  it('everything that is repaired is where it was', () => {
    expect(Object.values(original).map((method) => typeof method)).toEqual(
      Object.values(original).map(() => 'function'),
    );
  });

  it('a second call changes nothing', () => {
    repairKafkajs();
    const { scheduleCheckPendingRequests } = internals.requestQueue;
    repairKafkajs();
    expect(internals.requestQueue.scheduleCheckPendingRequests).toBe(scheduleCheckPendingRequests);
    expect(scheduleCheckPendingRequests).not.toBe(original.schedule);
  });

  it('a connection with nothing pending arms no timer, one with something pending does', () => {
    repairKafkajs();
    const queue = { pending: [] as unknown[], throttledUntil: -1, throttleCheckTimeoutId: null as unknown };
    const schedule = internals.requestQueue.scheduleCheckPendingRequests;
    schedule.call(queue);
    expect(queue.throttleCheckTimeoutId).toBeNull();
    queue.pending.push('request');
    const busy = Object.assign(queue, { checkPendingRequests: () => undefined });
    schedule.call(busy);
    expect(busy.throttleCheckTimeoutId).not.toBeNull();
  });

  it('L8 metadata with a partition without leader stays readable, other errors stay errors', async () => {
    repairKafkajs();
    const LEADER_NOT_AVAILABLE = 5;
    const TOPIC_AUTHORIZATION_FAILED = 29;
    const leaderless = metadataOf(partition(1, 0), partition(-1, LEADER_NOT_AVAILABLE));
    await expect(original.parse(metadataOf(partition(-1, LEADER_NOT_AVAILABLE)))).rejects.toThrow('leader');
    await expect(internals.metadataResponse.parse(leaderless)).resolves.toBe(leaderless);
    await expect(
      internals.metadataResponse.parse(metadataOf(partition(1, TOPIC_AUTHORIZATION_FAILED))),
    ).rejects.toThrow('authorize');
  });

  it('L8 a partition without leader is left out of what is asked of the leaders', () => {
    repairKafkajs();
    const partitionMetadata = [
      { partitionId: 0, leader: 2 },
      { partitionId: 1, leader: -1 },
    ];
    const cluster = { findTopicPartitionMetadata: () => partitionMetadata };
    expect(internals.cluster.findLeaderForPartitions.call(cluster, 'a', [0, 1])).toEqual({ 2: [0] });
  });

  it('a topic without any leader is answered with no partitions', async () => {
    repairKafkajs();
    const cluster = { findLeaderForPartitions: () => ({}), defaultOffset: () => -1, isolationLevel: 1 };
    const question = { topic: 'a', fromBeginning: true, partitions: [{ partition: 0 }] };
    const answer = await internals.cluster.fetchTopicsOffset.call(cluster, [question]);
    expect(answer).toEqual([{ topic: 'a', partitions: [] }]);
  });
});

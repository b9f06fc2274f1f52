import { createRequire } from 'node:module';

/**
 * Habits of kafkajs 2.2.4 that no setting changes, replaced in the loaded module. The version is pinned exactly, and a
 * test fails when one of the methods is no longer where it was.
 */

interface RequestQueue {
  readonly pending: readonly unknown[];
}

interface PartitionMetadata {
  partitionErrorCode: number;
  readonly leader: number;
}

interface Metadata {
  readonly topicMetadata: readonly { readonly partitionMetadata: readonly PartitionMetadata[] }[];
}

interface TopicQuestion {
  readonly topic: string;
}

interface TopicOffsets {
  readonly topic: string;
  readonly partitions: readonly unknown[];
}

type PartitionsByLeader = Readonly<Record<string, readonly number[]>>;

/** The parts of kafkajs that are repaired, as they are declared there. */
export interface KafkajsInternals {
  readonly requestQueue: { scheduleCheckPendingRequests: (this: RequestQueue) => void };
  readonly metadataResponse: { parse: (this: void, metadata: Metadata) => Promise<Metadata> };
  readonly cluster: {
    fetchTopicsOffset: (this: unknown, topics: readonly TopicQuestion[]) => Promise<readonly TopicOffsets[]>;
    findLeaderForPartitions: (this: unknown, topic: string, partitions: readonly number[]) => PartitionsByLeader;
  };
}

const LEADER_NOT_AVAILABLE = 5;

const REPAIRED: unique symbol = Symbol('repaired by earshot');

const parseInternals = (load: (path: string) => unknown): KafkajsInternals => {
  const requestQueue = load('kafkajs/src/network/requestQueue') as { prototype: KafkajsInternals['requestQueue'] };
  const cluster = load('kafkajs/src/cluster') as { prototype: KafkajsInternals['cluster'] };
  return {
    requestQueue: requestQueue.prototype,
    // The newest version of the request that kafkajs speaks, and so the one that every broker since 2.0 is asked with.
    metadataResponse: load(
      'kafkajs/src/protocol/requests/metadata/v6/response',
    ) as KafkajsInternals['metadataResponse'],
    cluster: cluster.prototype,
  };
};

/** The loaded modules. */
export const kafkajsInternals = (): KafkajsInternals => parseInternals(createRequire(import.meta.url));

/**
 * After its first response every connection arms a timer of 1 ms again and again, for ever: 4 % of a core when idle,
 * and a warning about a negative timeout. With nothing pending there is nothing to look at.
 */
const letIdleConnectionsRest = ({ requestQueue }: KafkajsInternals): void => {
  const schedule = requestQueue.scheduleCheckPendingRequests;
  requestQueue.scheduleCheckPendingRequests = function scheduleWhenPending() {
    if (this.pending.length > 0) schedule.call(this);
  };
};

/**
 * One partition without a leader makes the metadata of all topics asked for unreadable, and with them every other
 * partition. It is left among the others instead, with the leader -1 that the broker gave it.
 */
const readMetadataWithoutLeaders = ({ metadataResponse }: KafkajsInternals): void => {
  const parse = metadataResponse.parse;
  metadataResponse.parse = (metadata) => {
    for (const { partitionMetadata } of metadata.topicMetadata) {
      for (const partition of partitionMetadata) {
        if (partition.partitionErrorCode === LEADER_NOT_AVAILABLE) partition.partitionErrorCode = 0;
      }
    }
    return parse(metadata);
  };
};

/**
 * A partition without a leader is left out of what is sent and asked, so that the others are; whoever counts the
 * answers misses it.
 */
const leaveOutPartitionsWithoutLeader = ({ cluster }: KafkajsInternals): void => {
  const find = cluster.findLeaderForPartitions;
  cluster.findLeaderForPartitions = function findLeaders(topic, partitions) {
    const { '-1': _leaderless, ...led } = find.call(this, topic, partitions);
    return led;
  };
  // A consumer trips over a topic of which nothing is answered, and crashes again and again.
  const fetch = cluster.fetchTopicsOffset;
  cluster.fetchTopicsOffset = async function fetchOffsets(topics) {
    const answered = await fetch.call(this, topics);
    const missing = topics.filter(({ topic }) => !answered.some((each) => each.topic === topic));
    return [...answered, ...missing.map(({ topic }) => ({ topic, partitions: [] }))];
  };
};

/** Repairs kafkajs for the whole process. A second call changes nothing. */
export const repairKafkajs = (internals: KafkajsInternals = kafkajsInternals()): void => {
  if (REPAIRED in internals.requestQueue) return;
  Object.defineProperty(internals.requestQueue, REPAIRED, { value: true });
  letIdleConnectionsRest(internals);
  readMetadataWithoutLeaders(internals);
  leaveOutPartitionsWithoutLeader(internals);
};

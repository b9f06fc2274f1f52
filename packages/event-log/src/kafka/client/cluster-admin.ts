import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Admin, ConfigEntries } from 'kafkajs';
import { EventLogError, type PartitionBounds } from '../../port/index.ts';
import { pause, type Clock } from './clock.ts';
import { faultOf, toEventLogError } from './kafka-failure.ts';
import type { CreateCommand } from '../topics/topic-commands.ts';
import type { ExistingTopic } from '../topics/topic-check.ts';

/** kafkajs's number for a topic among the things that have settings, and for a setting made on the topic itself. */
const TOPIC_RESOURCE = 2;
const SET_ON_TOPIC = 1;

/** How long the broker may take to create topics. */
const CREATE_TIMEOUT_MS = 10_000;

/**
 * A new topic's leaders, or those of a broker that just came back, settle within about a second; then we say what is
 * wrong.
 */
const SETTLING_ATTEMPTS = 20;
const SETTLING_PAUSE_MS = 150;

/** What passes by itself when partitions have just got, or lost, their leader. */
const SETTLING: ReadonlySet<string> = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
]);

/** Questions and orders to the cluster about topics. Rejections are EventLogErrors. */
export interface ClusterAdmin {
  /** Of the topics named, with the deployment's prefix, those that exist. */
  describe(kafkaNames: readonly string[]): Promise<readonly ExistingTopic[]>;
  /** Creates topics; one that somebody else has created meanwhile is left as it is. */
  create(topics: readonly CreateCommand[]): Promise<void>;
  /** Gives a topic these settings and keeps the others that were set on it. */
  alter(kafkaName: string, settings: Readonly<Record<string, string>>): Promise<void>;
  /** Bounds of the partitions that have a leader, in order, asked for after the call. */
  bounds(kafkaName: string): Promise<readonly PartitionBounds[]>;
  /** As `bounds`, of all partitions. Rejects with EARSHOT_LOG_UNAVAILABLE if one has no leader. */
  allBounds(kafkaName: string, partitions: number): Promise<readonly PartitionBounds[]>;
  /** Removes a group without members; fails silently, since the broker forgets it in time. */
  forgetGroup(groupId: string): Promise<void>;
  close(): Promise<void>;
}

export const createClusterAdmin = (admin: Admin, clock: Clock): ClusterAdmin => {
  const asking = new Map<string, Promise<readonly PartitionBounds[]>>();

  const askForBounds = (kafkaName: string): Promise<readonly PartitionBounds[]> => {
    // All partitions of an assignment ask at once; one question answers them.
    const asked = asking.get(kafkaName);
    if (asked !== undefined) return asked;
    const bounds = nextTurn().then(() => {
      asking.delete(kafkaName);
      return failing(`Bounds of ${kafkaName} are not known`, () => settled(clock, () => fetchBounds(admin, kafkaName)));
    });
    asking.set(kafkaName, bounds);
    return bounds;
  };

  return {
    describe: (kafkaNames) => failing('Topics could not be looked at', () => describeTopics(admin, kafkaNames)),
    create: (topics) => failing('Topics could not be created', () => createTopics(admin, topics)),
    alter: (kafkaName, settings) =>
      failing(`Settings of ${kafkaName} could not be changed`, () => alterTopic(admin, kafkaName, settings)),
    bounds: askForBounds,
    allBounds: async (kafkaName, partitions) => {
      const bounds = await askForBounds(kafkaName);
      if (bounds.length === partitions) return bounds;
      throw new EventLogError('EARSHOT_LOG_UNAVAILABLE', `Of ${kafkaName} some partitions have no leader now.`);
    },
    forgetGroup: async (groupId) => void (await admin.deleteGroups([groupId]).catch(() => undefined)),
    close: () => admin.disconnect().catch(() => undefined),
  };
};

const failing = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw toEventLogError(error, what);
  }
};

const settled = async <T>(clock: Clock, work: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === SETTLING_ATTEMPTS || !SETTLING.has(faultOf(error).type ?? '')) throw error;
    }
    await pause(clock, SETTLING_PAUSE_MS);
  }
};

const describeTopics = async (admin: Admin, kafkaNames: readonly string[]): Promise<readonly ExistingTopic[]> => {
  const all = new Set(await admin.listTopics());
  const names = kafkaNames.filter((name) => all.has(name));
  if (names.length === 0) return [];
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const settings = await fetchSettings(admin, names);
  return topics.map(({ name, partitions }) => ({
    kafkaName: name,
    partitions: partitions.length,
    settings: Object.fromEntries(
      (settings.get(name) ?? []).map(({ configName, configValue }) => [configName, configValue]),
    ),
  }));
};

const fetchSettings = async (
  admin: Admin,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly ConfigEntries[]>> => {
  const { resources } = await admin.describeConfigs({
    resources: names.map((name) => ({ type: TOPIC_RESOURCE, name })),
    includeSynonyms: false,
  });
  return new Map(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]));
};

const entriesOf = (settings: Readonly<Record<string, string>>): { name: string; value: string }[] =>
  Object.entries(settings).map(([name, value]) => ({ name, value }));

const createTopics = async (admin: Admin, topics: readonly CreateCommand[]): Promise<void> => {
  await admin.createTopics({
    waitForLeaders: false,
    timeout: CREATE_TIMEOUT_MS,
    topics: topics.map(({ topic, partitions, replicationFactor, settings }) => ({
      topic,
      numPartitions: partitions,
      replicationFactor,
      configEntries: entriesOf(settings),
    })),
  });
};

/** The request replaces all settings of the topic, so the others are sent along. */
const alterTopic = async (
  admin: Admin,
  kafkaName: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> => {
  const found = (await fetchSettings(admin, [kafkaName])).get(kafkaName) ?? [];
  const own = found.filter(({ configSource }) => configSource === SET_ON_TOPIC);
  const kept = Object.fromEntries(own.map(({ configName, configValue }) => [configName, configValue]));
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: TOPIC_RESOURCE, name: kafkaName, configEntries: entriesOf({ ...kept, ...settings }) }],
  });
};

const fetchBounds = async (admin: Admin, kafkaName: string): Promise<readonly PartitionBounds[]> => {
  const offsets = await admin.fetchTopicOffsets(kafkaName);
  return offsets
    .map(({ partition, low, high }) => ({ partition, first: Number(low), end: Math.max(Number(low), Number(high)) }))
    .toSorted((a, b) => a.partition - b.partition);
};

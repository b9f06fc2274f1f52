import type { TopicSpec } from '@earshot/contracts';
import { EventLogError } from '../../port/index.ts';
import type { ClusterAdmin } from '../client/cluster-admin.ts';
import type { KafkaEventLogSettings } from '../options.ts';
import { staleSettings, topicFault, type ExistingTopic } from './topic-check.ts';
import { alterCommand, createCommand, type CreateCommand } from './topic-commands.ts';
import type { TopicDirectory } from './topic-directory.ts';
import { settingsOfTopic } from './topic-settings.ts';

export interface PrepareDependencies {
  readonly admin: ClusterAdmin;
  readonly directory: TopicDirectory;
  readonly settings: KafkaEventLogSettings;
}

/**
 * Creates what is missing, checks what is there, and takes over changed settings. Resolves when every partition answers
 * under its leader, so that the first append is not refused. Rejects with EARSHOT_LOG_TOPIC_MISMATCH before anything
 * was changed on the topic concerned; if topics are not ours to create, a missing one is EARSHOT_LOG_UNKNOWN_TOPIC with
 * the commands that make it.
 */
export const prepareTopics = async (dependencies: PrepareDependencies, specs: readonly TopicSpec[]): Promise<void> => {
  const { admin, directory } = dependencies;
  const names = specs.map(({ name }) => directory.kafkaNameOf(name));
  let found = byName(await admin.describe(names));
  const missing = specs.filter(({ name }) => !found.has(directory.kafkaNameOf(name)));
  if (missing.length > 0) {
    await createMissing(dependencies, missing);
    await Promise.all(missing.map(({ name, partitions }) => admin.allBounds(directory.kafkaNameOf(name), partitions)));
    found = byName(await admin.describe(names));
  }
  for (const spec of specs) {
    await takeOver(dependencies, spec, found.get(directory.kafkaNameOf(spec.name)));
    directory.add(spec);
  }
};

const byName = (topics: readonly ExistingTopic[]): ReadonlyMap<string, ExistingTopic> =>
  new Map(topics.map((topic) => [topic.kafkaName, topic]));

const createMissing = async (
  { admin, directory, settings }: PrepareDependencies,
  missing: readonly TopicSpec[],
): Promise<void> => {
  const { brokers, replicationFactor, minInsyncReplicas } = settings;
  const orders = missing.map((spec): CreateCommand => ({
    brokers,
    topic: directory.kafkaNameOf(spec.name),
    partitions: spec.partitions,
    replicationFactor,
    settings: settingsOfTopic(spec, minInsyncReplicas),
  }));
  if (settings.createTopics) return admin.create(orders);
  const commands = orders.map(createCommand).join('\n');
  throw new EventLogError('EARSHOT_LOG_UNKNOWN_TOPIC', `Topics are missing. To create them:\n${commands}`);
};

/** Checks a topic and lets it follow our settings. */
const takeOver = async (
  { admin, settings }: PrepareDependencies,
  spec: TopicSpec,
  found: ExistingTopic | undefined,
): Promise<void> => {
  if (found === undefined) throw new EventLogError('EARSHOT_LOG_UNAVAILABLE', `Topic ${spec.name} has just vanished.`);
  const { brokers, createTopics, minInsyncReplicas, logged } = settings;
  const fault = topicFault(spec, found, brokers);
  if (fault !== null) throw fault;
  const stale = staleSettings(spec, found, minInsyncReplicas);
  if (Object.keys(stale).length === 0) return;
  const command = alterCommand(brokers, found.kafkaName, stale);
  if (createTopics) await admin.alter(found.kafkaName, stale);
  logged({
    level: createTopics ? 'info' : 'warn',
    message: createTopics ? 'topic settings changed' : 'topic settings differ',
    fields: { topic: found.kafkaName, settings: stale, command },
  });
};

import type { TopicSpec } from '@earshot/contracts';
import { EventLogError } from '../../port/index.ts';
import type { ClusterAdmin } from '../client/cluster-admin.ts';

/** A topic that is known to exist. */
export interface KnownTopic {
  readonly name: string;
  /** With the deployment's prefix. */
  readonly kafkaName: string;
  readonly partitions: number;
  readonly isCompacted: boolean;
  /** Sent with each record; null for none, and for a topic that this log was not asked to prepare. */
  readonly contentType: string | null;
}

/** Topics by their name without prefix. Partition counts never change, so what is known once stays true. */
export interface TopicDirectory {
  kafkaNameOf(name: string): string;
  add(spec: TopicSpec): void;
  known(name: string): KnownTopic | undefined;
  /**
   * Asks the brokers for one that is not known yet. Rejects with EARSHOT_LOG_UNKNOWN_TOPIC if they do not know it
   * either.
   */
  find(name: string): Promise<KnownTopic>;
}

export const createTopicDirectory = (admin: ClusterAdmin, prefix: string): TopicDirectory => {
  const topics = new Map<string, KnownTopic>();
  const kafkaNameOf = (name: string): string => `${prefix}${name}`;

  const look = async (name: string): Promise<KnownTopic> => {
    const kafkaName = kafkaNameOf(name);
    const [found] = await admin.describe([kafkaName]);
    if (found === undefined) throw new EventLogError('EARSHOT_LOG_UNKNOWN_TOPIC', `There is no topic ${kafkaName}.`);
    const isCompacted = (found.settings['cleanup.policy'] ?? '').includes('compact');
    const topic = { name, kafkaName, partitions: found.partitions, isCompacted, contentType: null };
    topics.set(name, topic);
    return topic;
  };

  return {
    kafkaNameOf,
    add: ({ name, partitions, cleanup, contentType }) => {
      const isCompacted = cleanup.kind === 'compact';
      topics.set(name, {
        name,
        kafkaName: kafkaNameOf(name),
        partitions,
        isCompacted,
        contentType: contentType ?? null,
      });
    },
    known: (name) => topics.get(name),
    find: async (name) => topics.get(name) ?? look(name),
  };
};

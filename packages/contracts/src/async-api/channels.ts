import {
  AUDIT_TOPIC,
  type Cleanup,
  HEARTBEATS_TOPIC,
  INCIDENTS_TOPIC,
  PARTITIONS_DISTRIBUTED,
  REGISTRY_TOPIC,
  REJECTIONS_TOPIC,
  type TopicSpec,
  topicSpecs,
  TRANSITIONS_TOPIC,
} from '../topics.ts';
import { KAFKA_BINDING_VERSION, type MessageObject, MESSAGES } from './messages.ts';

/** A Channel Object. */
export interface ChannelObject {
  readonly address: string;
  readonly title: string;
  readonly description: string;
  readonly parameters: { readonly prefix: typeof PREFIX };
  readonly messages: Readonly<Record<string, MessageObject>>;
  readonly bindings: { readonly kafka: KafkaChannel };
}
interface KafkaChannel {
  readonly partitions: number;
  readonly topicConfiguration: Readonly<Record<string, unknown>>;
  readonly bindingVersion: typeof KAFKA_BINDING_VERSION;
}

const PREFIX = {
  default: 'earshot.',
  description: 'EARSHOT_KAFKA_PREFIX: what the names of a deployment’s topics begin with.',
} as const;

/** What a topic is for; how it is kept comes from its specification. */
interface ChannelWords {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly messages: Readonly<Record<string, MessageObject>>;
}

const {
  heartbeat,
  knock,
  system,
  release,
  registryEntry,
  entryGone,
  transition,
  systemRetired,
  partitionEvent,
  change,
} = MESSAGES;

const WORDS: Readonly<Record<string, ChannelWords>> = {
  [HEARTBEATS_TOPIC]: {
    name: 'heartbeats',
    title: 'Everything that decides',
    description: 'Folded in order, partition by partition. Members that are false, empty or 0 are left out.',
    messages: { heartbeat, knock, system, release },
  },
  [REGISTRY_TOPIC]: {
    name: 'registry',
    title: 'Settings and hashes of secrets',
    description: 'One writer at a time. Compacted: the newest entry of a key counts.',
    messages: { registryEntry, entryGone },
  },
  [TRANSITIONS_TOPIC]: {
    name: 'transitions',
    title: 'What systems became',
    description: 'CloudEvents, in the partition of the system. Compacted, but for what is younger than the history.',
    messages: { transition, systemRetired },
  },
  [INCIDENTS_TOPIC]: {
    name: 'incidents',
    title: 'What happened to partitions',
    description: 'CloudEvents, in the partition they are about.',
    messages: { partitionEvent },
  },
  [REJECTIONS_TOPIC]: {
    name: 'rejections',
    title: 'Who knocks in vain',
    description: 'Reserved: nothing writes it yet.',
    messages: {},
  },
  [AUDIT_TOPIC]: {
    name: 'audit',
    title: 'Who changed what, when',
    description: 'One record per change of the registry.',
    messages: { change },
  },
};

const configurationOf = (cleanup: Cleanup): Readonly<Record<string, unknown>> => ({
  'message.timestamp.type': 'LogAppendTime',
  'cleanup.policy': [cleanup.kind],
  ...(cleanup.kind === 'delete'
    ? { 'retention.ms': cleanup.retentionMs }
    : { 'min.compaction.lag.ms': cleanup.minCompactionLagMs }),
});

const channelOf = ({ name, partitions, cleanup }: TopicSpec): readonly [string, ChannelObject][] => {
  const words = WORDS[name];
  if (words === undefined) return [];
  const { title, description, messages } = words;
  const bindings = {
    kafka: { partitions, topicConfiguration: configurationOf(cleanup), bindingVersion: KAFKA_BINDING_VERSION },
  } as const;
  return [
    [
      words.name,
      { address: `{prefix}${name}`, title, description, parameters: { prefix: PREFIX }, messages, bindings },
    ],
  ];
};

/** The topics as a new distributed deployment creates them. */
export const channels = (): Readonly<Record<string, ChannelObject>> =>
  Object.fromEntries(topicSpecs({ partitions: PARTITIONS_DISTRIBUTED }).flatMap(channelOf));

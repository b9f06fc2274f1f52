import { channels } from './async-api/channels.ts';
import { MESSAGES, RECORD_SCHEMAS } from './async-api/messages.ts';
import { type Part, placesOf, referWithinEach } from './named-parts.ts';

/** AsyncAPI 3.0, as plain JSON. */
export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: Part;
  readonly defaultContentType: 'application/json';
  readonly servers: Part;
  /** By a topic's name without version. */
  readonly channels: Readonly<Record<string, Part>>;
  readonly operations: Readonly<Record<string, Part>>;
  readonly components: Readonly<Record<string, Part>>;
}

const DESCRIPTION = `What is in the log, and who puts it there. Others may read every topic and write none.
Every record has a position in its partition, from 0, and a time stamped by the log in whole milliseconds. The partition
of a system is murmur2 of its id in UTF-8, as Java clients of Kafka compute it. Readers ignore members they do not know;
a record that no schema fits is counted and skipped.`;

const SERVERS: Part = {
  kafka: {
    host: '{brokers}',
    protocol: 'kafka',
    description: 'Of the distributed form. The embedded one keeps the same topics in a file of its own.',
    variables: { brokers: { default: '127.0.0.1:9092', description: 'EARSHOT_KAFKA_BROKERS' } },
  },
};

interface Flow {
  readonly action: 'send' | 'receive';
  readonly channel: string;
  readonly summary: string;
  /** Some of the channel's messages; all where none are named. */
  readonly messages?: readonly string[];
}

/** Seen from Earshot: it sends what it writes. */
const FLOWS: Readonly<Record<string, Flow>> = {
  recordHeartbeats: {
    action: 'send',
    channel: 'heartbeats',
    summary: 'ingest: what it accepted, and that it hears',
    messages: ['heartbeat', 'knock'],
  },
  tellChanges: {
    action: 'send',
    channel: 'heartbeats',
    summary: 'engine: what cannot wait for a system’s next heartbeat',
    messages: ['system', 'release'],
  },
  fold: { action: 'receive', channel: 'heartbeats', summary: 'liveness: folds every record in order' },
  changeRegistry: { action: 'send', channel: 'registry', summary: 'engine: the registry’s one writer' },
  followRegistry: { action: 'receive', channel: 'registry', summary: 'ingest and engine: settings and secrets' },
  publishTransitions: { action: 'send', channel: 'transitions', summary: 'liveness: each transition, at least once' },
  followTransitions: { action: 'receive', channel: 'transitions', summary: 'engine: states and history' },
  publishIncidents: { action: 'send', channel: 'incidents', summary: 'liveness: silences and outages' },
  followIncidents: { action: 'receive', channel: 'incidents', summary: 'engine: silences and outages' },
  auditChanges: { action: 'send', channel: 'audit', summary: 'engine: one record per change' },
};

const operationOf = ({ action, channel, summary, messages }: Flow): Part => ({
  action,
  channel: { $ref: `#/channels/${channel}` },
  summary,
  ...(messages === undefined
    ? {}
    : { messages: messages.map((message) => ({ $ref: `#/channels/${channel}/messages/${message}` })) }),
});

/** Describes the topics and their records. */
export const asyncApiDocument = ({ version }: { readonly version: string }): AsyncApiDocument => {
  const named = placesOf({ schemas: RECORD_SCHEMAS, messages: MESSAGES });
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Earshot’s log',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: SERVERS,
    channels: referWithinEach(channels(), named),
    operations: Object.fromEntries(Object.entries(FLOWS).map(([name, flow]) => [name, operationOf(flow)])),
    components: { schemas: RECORD_SCHEMAS, messages: referWithinEach(MESSAGES, named) },
  };
};

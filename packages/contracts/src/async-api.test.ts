import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { asyncApiDocument } from './async-api.ts';
import {
  decodeHeartbeatTopicRecord,
  decodePartitionEvent,
  decodeRegistryEntry,
  decodeTransition,
} from './parse-records.ts';
import { danglingReferencesIn, referencesIn } from './testing/references.ts';
import { PARTITIONS_DISTRIBUTED, topicSpecs } from './topics.ts';

interface Channel {
  readonly address: string;
  readonly messages: Readonly<Record<string, { readonly $ref: string }>>;
  readonly bindings: {
    readonly kafka: { readonly partitions: number; readonly topicConfiguration: Readonly<Record<string, unknown>> };
  };
}
interface Message {
  readonly contentType?: string;
  readonly payload: { readonly $ref?: string };
  readonly bindings: { readonly kafka: { readonly key: object } };
  readonly examples?: readonly { readonly payload: unknown }[];
}
interface Operation {
  readonly channel: { readonly $ref: string };
  readonly messages?: readonly { readonly $ref: string }[];
}

const document = asyncApiDocument({ version: '1.2.3' });
const channels = document.channels as unknown as Readonly<Record<string, Channel>>;
const messages = document.components['messages'] as Readonly<Record<string, Message>>;
const nameOf = (place: string): string => place.split('/').at(-1) ?? '';
const messagesOf = (channel: string): readonly Message[] =>
  Object.values(channels[channel]?.messages ?? {}).map(({ $ref }) => messages[nameOf($ref)] as Message);
const examplesOf = (channel: string): readonly string[] =>
  messagesOf(channel).flatMap(({ examples = [] }) => examples.map(({ payload }) => JSON.stringify(payload)));

describe('the AsyncAPI document', () => {
  it('is plain data of the version it is asked for, the same each time', () => {
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
    expect(asyncApiDocument({ version: '1.2.3' })).toEqual(document);
    expect(document).toMatchObject({ asyncapi: '3.0.0', info: { version: '1.2.3' } });
  });

  it('has references that all lead somewhere, and no message or schema that nothing refers to', () => {
    expect(danglingReferencesIn(document)).toEqual([]);
    const used = referencesIn(document);
    for (const kind of ['messages', 'schemas']) {
      for (const name of Object.keys(document.components[kind] ?? {})) {
        expect(used).toContain(`#/components/${kind}/${name}`);
      }
    }
  });

  it('has every topic, as a new deployment creates it', () => {
    const described = Object.values(channels).map(({ address, bindings: { kafka } }) => ({
      name: address.replace('{prefix}', ''),
      partitions: kafka.partitions,
      cleanup: kafka.topicConfiguration['cleanup.policy'],
      ms: kafka.topicConfiguration['retention.ms'] ?? kafka.topicConfiguration['min.compaction.lag.ms'],
    }));
    expect(described).toEqual(
      topicSpecs({ partitions: PARTITIONS_DISTRIBUTED }).map(({ name, partitions, cleanup }) => ({
        name,
        partitions,
        cleanup: [cleanup.kind],
        ms: cleanup.kind === 'delete' ? cleanup.retentionMs : cleanup.minCompactionLagMs,
      })),
    );
  });

  it('names the content type of a topic’s records as they are sent', () => {
    for (const { name, contentType } of topicSpecs({ partitions: 1 })) {
      const channel = Object.keys(channels).find((each) => channels[each]?.address === `{prefix}${name}`) ?? '';
      const described = messagesOf(channel).filter(({ payload }) => payload.$ref !== undefined);
      for (const message of described) expect(message.contentType).toBe(contentType);
    }
  });

  it('has operations whose messages are those of their channel', () => {
    for (const { channel, messages: named = [] } of Object.values(document.operations) as unknown as Operation[]) {
      for (const { $ref } of named) {
        expect($ref.startsWith(`${channel.$ref}/messages/`)).toBe(true);
      }
    }
  });

  it('has an example of every record, which readers understand', () => {
    const readers: Readonly<Record<string, (text: string) => unknown>> = {
      heartbeats: (text) => decodeHeartbeatTopicRecord('pump-7', text),
      registry: decodeRegistryEntry,
      transitions: decodeTransition,
      incidents: decodePartitionEvent,
    };
    for (const [channel, read] of Object.entries(readers)) {
      for (const text of examplesOf(channel)) expect(read(text), text).toHaveProperty('value');
    }
    const withoutExample = Object.entries(messages).filter(([, { examples = [] }]) => examples.length === 0);
    expect(withoutExample.map(([name]) => name)).toEqual(['entryGone', 'systemRetired']);
  });

  it('has schemas that accept their examples, and keys that compile', () => {
    const ajv = new Ajv({ strict: false });
    for (const { payload, examples = [], bindings } of Object.values(messages)) {
      const schema = document.components['schemas']?.[nameOf(payload.$ref ?? '')] ?? payload;
      for (const example of examples) expect(ajv.validate(schema as object, example.payload)).toBe(true);
      expect(() => ajv.compile(bindings.kafka.key)).not.toThrow();
    }
  });
});

import type { TopicSettings } from './topic-settings.ts';

/** What to type into a shell with Kafka's tools, so that an operator need not look it up. */

const quoted = (value: string): string => (/^[\w.,:/=-]+$/u.test(value) ? value : `'${value}'`);

export interface CreateCommand {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly settings: TopicSettings;
}

/** Creates a topic as we would. */
export const createCommand = ({ brokers, topic, partitions, replicationFactor, settings }: CreateCommand): string =>
  [
    `kafka-topics.sh --bootstrap-server ${brokers.join(',')} --create --topic ${quoted(topic)}`,
    `--partitions ${partitions} --replication-factor ${replicationFactor}`,
    ...Object.entries(settings).map(([name, value]) => `--config ${quoted(`${name}=${value}`)}`),
  ].join(' ');

/** Gives an existing topic other settings. */
export const alterCommand = (brokers: readonly string[], topic: string, settings: TopicSettings): string => {
  const list = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return (
    `kafka-configs.sh --bootstrap-server ${brokers.join(',')} --alter --entity-type topics ` +
    `--entity-name ${quoted(topic)} --add-config ${quoted(list.join(','))}`
  );
};

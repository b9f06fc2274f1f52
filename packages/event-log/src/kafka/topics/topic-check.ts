import type { TopicSpec } from '@earshot/contracts';
import { EventLogError } from '../../port/index.ts';
import { alterCommand } from './topic-commands.ts';
import { groundOf, tuningOf, type TopicSettings } from './topic-settings.ts';

/** A topic as the brokers have it. */
export interface ExistingTopic {
  /** With the deployment's prefix. */
  readonly kafkaName: string;
  readonly partitions: number;
  /** What is in force, whether set on the topic or taken from the broker. */
  readonly settings: TopicSettings;
}

/** Why a topic that exists cannot be used, with the command that helps; null if it can. */
export const topicFault = (spec: TopicSpec, found: ExistingTopic, brokers: readonly string[]): EventLogError | null => {
  const { kafkaName, partitions, settings } = found;
  if (partitions !== spec.partitions) {
    return mismatch(
      `Topic ${kafkaName} has ${partitions} partitions, not the ${spec.partitions} asked for. The number is fixed ` +
        `when the log is created: set it to ${partitions}, or use another prefix for a new log.`,
    );
  }
  const wrong = differences(groundOf(spec.cleanup), settings);
  const names = Object.keys(wrong);
  if (names.length === 0) return null;
  const told = names.map((name) => `${name}=${settings[name] ?? 'unknown'} instead of ${wrong[name]}`);
  return mismatch(
    `Topic ${kafkaName} has ${told.join(', ')}. To change it: ${alterCommand(brokers, kafkaName, wrong)}`,
  );
};

const mismatch = (message: string): EventLogError => new EventLogError('EARSHOT_LOG_TOPIC_MISMATCH', message);

/** What an existing topic has to be given so that it follows our settings. In-sync replicas are only ever raised. */
export const staleSettings = (spec: TopicSpec, found: ExistingTopic, minInsyncReplicas: number): TopicSettings => {
  const stale = differences(tuningOf(spec), found.settings);
  const inSync = Number(found.settings['min.insync.replicas'] ?? 0);
  return inSync >= minInsyncReplicas ? stale : { ...stale, 'min.insync.replicas': `${minInsyncReplicas}` };
};

const differences = (wanted: TopicSettings, found: TopicSettings): TopicSettings =>
  Object.fromEntries(Object.entries(wanted).filter(([name, value]) => found[name] !== value));

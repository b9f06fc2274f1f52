import { readFileSync } from 'node:fs';
import type { KafkaEventLogOptions, KafkaSasl, KafkaTls } from '@earshot/event-log/kafka';
import {
  booleanSetting,
  choiceSetting,
  integerSetting,
  listSetting,
  optionalTextSetting,
  secretSetting,
  type Setting,
  SettingsError,
  textSetting,
} from '@earshot/runtime';

const REPLICAS_MAX = 100;
const MECHANISMS = ['none', 'plain', 'scram-sha-256', 'scram-sha-512'] as const;
type Mechanism = (typeof MECHANISMS)[number];

/** How to reach Kafka. TLS files are paths of PEM files. */
export type KafkaSettings = {
  readonly kafkaBrokers: Setting<readonly string[]>;
  readonly kafkaPrefix: Setting<string>;
  readonly kafkaCreateTopics: Setting<boolean>;
  readonly kafkaReplicationFactor: Setting<number>;
  readonly kafkaMinInsyncReplicas: Setting<number>;
  readonly kafkaTls: Setting<boolean>;
  readonly kafkaCa: Setting<string | null>;
  readonly kafkaCert: Setting<string | null>;
  readonly kafkaKey: Setting<string | null>;
  readonly kafkaSaslMechanism: Setting<Mechanism>;
  readonly kafkaSaslUsername: Setting<string>;
  readonly kafkaSaslPassword: Setting<string | null>;
};

export const KAFKA_SETTINGS: KafkaSettings = {
  kafkaBrokers: listSetting('EARSHOT_KAFKA_BROKERS', 'host:port of a broker, several separated by commas'),
  kafkaPrefix: textSetting('EARSHOT_KAFKA_PREFIX', 'earshot.'),
  kafkaCreateTopics: booleanSetting('EARSHOT_KAFKA_CREATE_TOPICS', true),
  kafkaReplicationFactor: integerSetting('EARSHOT_KAFKA_REPLICATION_FACTOR', 1, { min: 1, max: REPLICAS_MAX }),
  kafkaMinInsyncReplicas: integerSetting('EARSHOT_KAFKA_MIN_INSYNC_REPLICAS', 1, { min: 1, max: REPLICAS_MAX }),
  kafkaTls: booleanSetting('EARSHOT_KAFKA_TLS', false),
  kafkaCa: optionalTextSetting('EARSHOT_KAFKA_CA'),
  kafkaCert: optionalTextSetting('EARSHOT_KAFKA_CERT'),
  kafkaKey: optionalTextSetting('EARSHOT_KAFKA_KEY'),
  kafkaSaslMechanism: choiceSetting('EARSHOT_KAFKA_SASL_MECHANISM', 'none', MECHANISMS),
  kafkaSaslUsername: textSetting('EARSHOT_KAFKA_SASL_USERNAME', ''),
  kafkaSaslPassword: secretSetting('EARSHOT_KAFKA_SASL_PASSWORD', 1),
};

export type KafkaValues = {
  readonly [K in keyof KafkaSettings]: KafkaSettings[K] extends Setting<infer T> ? T : never;
};

const readPem = (path: string | null): string | null => (path === null ? null : readFileSync(path, 'utf8'));

const tlsOf = (values: KafkaValues): KafkaTls | null =>
  values.kafkaTls
    ? { ca: readPem(values.kafkaCa), cert: readPem(values.kafkaCert), key: readPem(values.kafkaKey) }
    : null;

const saslOf = (values: KafkaValues): KafkaSasl | null =>
  values.kafkaSaslMechanism === 'none'
    ? null
    : {
        mechanism: values.kafkaSaslMechanism,
        username: values.kafkaSaslUsername,
        password: values.kafkaSaslPassword ?? '',
      };

const jointFaults = (values: KafkaValues): readonly string[] => {
  const isHalfSasl =
    values.kafkaSaslMechanism !== 'none' && (values.kafkaSaslUsername === '' || values.kafkaSaslPassword === null);
  return [
    ...(isHalfSasl ? ['EARSHOT_KAFKA_SASL_MECHANISM needs EARSHOT_KAFKA_SASL_USERNAME and _PASSWORD'] : []),
    ...((values.kafkaCert === null) === (values.kafkaKey === null)
      ? []
      : ['EARSHOT_KAFKA_CERT and EARSHOT_KAFKA_KEY go together; give both or neither']),
    ...(values.kafkaMinInsyncReplicas > values.kafkaReplicationFactor
      ? ['EARSHOT_KAFKA_MIN_INSYNC_REPLICAS must not be above EARSHOT_KAFKA_REPLICATION_FACTOR']
      : []),
  ];
};

/** Options of the log adapter. Throws SettingsError for what does not fit together, the system's error for a file that is not there. */
export const kafkaOptions = (values: KafkaValues, clientId: string): KafkaEventLogOptions => {
  const faults = jointFaults(values);
  if (faults.length > 0) throw new SettingsError(faults);
  return {
    brokers: values.kafkaBrokers,
    prefix: values.kafkaPrefix,
    clientId,
    createTopics: values.kafkaCreateTopics,
    replicationFactor: values.kafkaReplicationFactor,
    minInsyncReplicas: values.kafkaMinInsyncReplicas,
    tls: tlsOf(values),
    sasl: saslOf(values),
  };
};

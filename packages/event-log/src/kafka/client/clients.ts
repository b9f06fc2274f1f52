import {
  Kafka,
  logLevel,
  type Admin,
  type Consumer,
  type KafkaConfig,
  type LogEntry,
  type PartitionAssigner,
  type Producer,
} from 'kafkajs';
import type { KafkaEventLogSettings, KafkaLogLine } from '../options.ts';
import { repairKafkajs } from './kafkajs-repairs.ts';

/** For a leader that moved we look again soon; also how long a partition that has a leader again stays unknown. */
const PRODUCER_METADATA_MAX_AGE_MS = 5_000;
const CONSUMER_METADATA_MAX_AGE_MS = 10_000;

/** The broker's lowest by default: how long a killed owner's partitions stay unheard. */
const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_INTERVAL_MS = 1_000;
const REBALANCE_TIMEOUT_MS = 10_000;

/** How long the broker keeps an empty fetch: bounds what a resumed partition waits for its first records. */
const FETCH_WAIT_MS_MAX = 250;
const FETCH_REQUEST_TIMEOUT_MS = 5_000;

/** Per partition and fetch. Raised: longer stalls per batch at no gain in rate, and a slow handler holds more. */
const PARTITION_FETCH_BYTES_MAX = 524_288;

/**
 * Per fetch: a kept batch keeps the whole fetch it came with, so this times the partitions bounds what slow handlers
 * hold.
 */
const FETCH_BYTES_MAX = 4_194_304;

/** The library's own attempts, where they do no harm; each bounded, so that failures show within seconds. */
const PATIENT_RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5 };

/** A second attempt of the library would repeat records out of order, and lose some when a leader dies. */
const NO_RETRY = { initialRetryTime: 100, maxRetryTime: 500, retries: 0 };

interface ConsumerOptions {
  /** As the brokers know it. */
  readonly groupId: string;
  readonly assigner: PartitionAssigner;
  /** Asked after a crash: whether to begin again. */
  readonly isWanted: () => boolean;
}

/** Makes connections to one cluster, each kind with the settings it needs. */
export interface Clients {
  readonly producer: () => Producer;
  readonly consumer: (options: ConsumerOptions) => Consumer;
  readonly admin: () => Admin;
}

export const createClients = (settings: KafkaEventLogSettings): Clients => {
  repairKafkajs();
  const base = baseConfig(settings);
  // A client each, because their attempts and timeouts differ.
  const forAppending = new Kafka({ ...base, requestTimeout: settings.requestTimeoutMs, retry: NO_RETRY });
  const forReading = new Kafka({ ...base, requestTimeout: FETCH_REQUEST_TIMEOUT_MS, retry: PATIENT_RETRY });
  const forAsking = new Kafka({ ...base, requestTimeout: settings.requestTimeoutMs, retry: PATIENT_RETRY });
  return {
    producer: () =>
      forAppending.producer({
        allowAutoTopicCreation: false,
        metadataMaxAge: PRODUCER_METADATA_MAX_AGE_MS,
        // Every record says its partition; -1 is none of them and would be missed in the answer.
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition ?? -1,
      }),
    consumer: ({ groupId, assigner, isWanted }) =>
      forReading.consumer({
        groupId,
        partitionAssigners: [assigner],
        allowAutoTopicCreation: false,
        metadataMaxAge: CONSUMER_METADATA_MAX_AGE_MS,
        sessionTimeout: SESSION_TIMEOUT_MS,
        heartbeatInterval: HEARTBEAT_INTERVAL_MS,
        rebalanceTimeout: REBALANCE_TIMEOUT_MS,
        maxWaitTimeInMs: FETCH_WAIT_MS_MAX,
        maxBytesPerPartition: PARTITION_FETCH_BYTES_MAX,
        maxBytes: FETCH_BYTES_MAX,
        retry: { ...PATIENT_RETRY, restartOnFailure: () => Promise.resolve(isWanted()) },
      }),
    admin: () => forAsking.admin(),
  };
};

/** Who we are, how we reach the brokers, and where the library's own lines go. */
export const baseConfig = (settings: KafkaEventLogSettings): KafkaConfig => ({
  brokers: [...settings.brokers],
  clientId: settings.clientId,
  connectionTimeout: 1_000,
  authenticationTimeout: 1_000,
  logLevel: logLevel.WARN,
  logCreator: () => (entry) => settings.logged(lineOf(entry)),
  ...tlsOf(settings.tls),
  ...saslOf(settings.sasl),
});

/** The library's type has one member per mechanism, so each is spelled out. */
const saslOf = (sasl: KafkaEventLogSettings['sasl']): Pick<KafkaConfig, 'sasl'> => {
  if (sasl === null) return {};
  const { mechanism, username, password } = sasl;
  switch (mechanism) {
    case 'plain':
      return { sasl: { mechanism, username, password } };
    case 'scram-sha-256':
      return { sasl: { mechanism, username, password } };
    case 'scram-sha-512':
      return { sasl: { mechanism, username, password } };
  }
};

const tlsOf = (tls: KafkaEventLogSettings['tls']): Pick<KafkaConfig, 'ssl'> => {
  if (tls === null) return {};
  if (tls === true) return { ssl: true };
  const { ca, cert, key } = tls;
  return {
    ssl: { ...(ca === null ? {} : { ca }), ...(cert === null ? {} : { cert }), ...(key === null ? {} : { key }) },
  };
};

const lineOf = ({ namespace, label, log }: LogEntry): KafkaLogLine => {
  const { message, timestamp: _timestamp, stack: _stack, ...rest } = log;
  return { level: 'debug', message: 'kafka client', fields: { namespace, severity: label, said: message, ...rest } };
};

import type { DurationMs } from '@earshot/contracts';
import { machineClock, type Clock } from './client/clock.ts';

const MIB = 1_048_576;

/**
 * Kafka refuses a batch of records above this (`max.message.bytes`); topics are created with it, so that what is
 * refused here is what the broker would refuse.
 */
export const BATCH_BYTES_MAX = 1_048_588;

/**
 * Room in a batch for what surrounds key and value of its one record: 61 bytes of the batch, up to 40 of the record,
 * its header.
 */
const BATCH_OVERHEAD_BYTES = 588;

/** Key and value of one record in UTF-8. */
const RECORD_BYTES_MAX_DEFAULT: number = BATCH_BYTES_MAX - BATCH_OVERHEAD_BYTES;

/** The broker gives up waiting for its replicas before we give up waiting for the broker. */
const PRODUCE_TIMEOUT_MS = 2_000;

/** The one thing that ends a request to a frozen broker. Raised: a 503 comes later than a client waits. */
const REQUEST_TIMEOUT_MS = 3_000;

/** Reconnecting and asking for metadata happen inside a send and have timeouts of their own: 2 s for them. */
const SEND_DEADLINE_MS: number = REQUEST_TIMEOUT_MS + 2_000;

/** Between two sends that hang, a call may wait for the first and still be answered in time. */
const APPEND_DEADLINE_MS_DEFAULT: number = SEND_DEADLINE_MS;

/**
 * What one call of a handler gets at most: few enough to keep the event loop turning, many enough to pay for the call.
 */
const DELIVERY_RECORDS_MAX_DEFAULT = 2_000;
const DELIVERY_BYTES_MAX_DEFAULT: number = MIB;

export interface KafkaTls {
  /** PEM. Null: the machine's authorities. */
  readonly ca: string | null;
  /** PEM, both or neither: for brokers that ask clients for a certificate. */
  readonly cert: string | null;
  readonly key: string | null;
}

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** A line for the service's log: a constant message and its fields. Never a secret. */
export interface KafkaLogLine {
  /**
   * `debug` is what the client library says for itself, its errors included: most of them are a normal part of a
   * rebalance.
   */
  readonly level: 'debug' | 'info' | 'warn';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface KafkaEventLogOptions {
  /** `host:port` of at least one broker. */
  readonly brokers: readonly string[];
  /** Before every topic and group: two deployments can share a cluster. Default `earshot.`. */
  readonly prefix?: string;
  /** What the brokers call us in their logs and quotas. */
  readonly clientId?: string;
  /**
   * Whether `prepare` creates missing topics and takes over changed settings; otherwise it checks, and says the
   * commands.
   */
  readonly createTopics?: boolean;
  readonly replicationFactor?: number;
  readonly minInsyncReplicas?: number;
  /** True: TLS with the machine's authorities. */
  readonly tls?: KafkaTls | true | null;
  readonly sasl?: KafkaSasl | null;
  readonly clock?: Clock;
  readonly logged?: (line: KafkaLogLine) => void;
  readonly recordBytesMax?: number;
  /** Time after which an append answers with an error whatever the brokers do. */
  readonly appendDeadlineMs?: DurationMs;
  readonly batchRecordsMax?: number;
  readonly batchBytesMax?: number;
}

/** The options with every default in place. */
export interface KafkaEventLogSettings extends Readonly<Required<KafkaEventLogOptions>> {
  readonly produceTimeoutMs: DurationMs;
  readonly requestTimeoutMs: DurationMs;
  readonly sendDeadlineMs: DurationMs;
}

/** Fills in the defaults. Throws RangeError for what no broker could take. */
export const settingsOf = (options: KafkaEventLogOptions): KafkaEventLogSettings => {
  const recordBytesMax = options.recordBytesMax ?? RECORD_BYTES_MAX_DEFAULT;
  if (recordBytesMax > RECORD_BYTES_MAX_DEFAULT) {
    throw new RangeError(`A record can have ${RECORD_BYTES_MAX_DEFAULT} bytes at most, not ${recordBytesMax}.`);
  }
  return {
    brokers: options.brokers,
    ...deploymentOf(options),
    tls: options.tls ?? null,
    sasl: options.sasl ?? null,
    clock: options.clock ?? machineClock,
    logged: options.logged ?? (() => undefined),
    recordBytesMax,
    appendDeadlineMs: options.appendDeadlineMs ?? APPEND_DEADLINE_MS_DEFAULT,
    batchRecordsMax: options.batchRecordsMax ?? DELIVERY_RECORDS_MAX_DEFAULT,
    batchBytesMax: options.batchBytesMax ?? DELIVERY_BYTES_MAX_DEFAULT,
    produceTimeoutMs: PRODUCE_TIMEOUT_MS,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    sendDeadlineMs: SEND_DEADLINE_MS,
  };
};

type Deployment = 'prefix' | 'clientId' | 'createTopics' | 'replicationFactor' | 'minInsyncReplicas';

const deploymentOf = (options: KafkaEventLogOptions): Pick<KafkaEventLogSettings, Deployment> => ({
  prefix: options.prefix ?? 'earshot.',
  clientId: options.clientId ?? 'earshot',
  createTopics: options.createTopics ?? true,
  replicationFactor: options.replicationFactor ?? 1,
  minInsyncReplicas: options.minInsyncReplicas ?? 1,
});

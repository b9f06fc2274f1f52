import { topicSpecs } from '@earshot/contracts';
import { type EventLog, EventLogError, type EventLogErrorCode } from '@earshot/event-log';
import { openKafkaEventLog } from '@earshot/event-log/kafka';
import type { Clock, Logger } from '@earshot/runtime';
import { kafkaOptions, type KafkaValues } from './kafka-settings.ts';
import { openUntilThere } from './open-until-there.ts';

const MS_PER_SECOND = 1_000;
const MS_PER_DAY = 86_400_000;
/** What waiting for Kafka does not mend. */
const FINAL: ReadonlySet<EventLogErrorCode> = new Set([
  'EARSHOT_LOG_TOPIC_MISMATCH',
  'EARSHOT_LOG_UNKNOWN_TOPIC',
  'EARSHOT_LOG_CLOSED',
]);
const isFinal = (error: unknown): boolean => !(error instanceof EventLogError) || FINAL.has(error.code);

export interface LogValues extends KafkaValues {
  readonly partitions: number;
  readonly retentionSeconds: number;
  readonly historyDays: number;
}

/**
 * The log on Kafka, its topics created or checked. Waits for brokers that are not there yet; rejects where topics have settings that
 * would break a guarantee, or are missing and must not be created.
 */
export const openDistributedLog = async (
  values: LogValues,
  context: { readonly clientId: string; readonly clock: Clock; readonly logger: Logger },
): Promise<EventLog> => {
  const { clientId, clock, logger } = context;
  const specs = topicSpecs({
    partitions: values.partitions,
    heartbeatsRetentionMs: values.retentionSeconds * MS_PER_SECOND,
    historyMs: values.historyDays * MS_PER_DAY,
  });
  const options = {
    ...kafkaOptions(values, clientId),
    clock,
    logged: ({ level, message, fields }: { level: 'debug' | 'info' | 'warn'; message: string; fields: object }) =>
      logger[level](fields, message),
  };
  const trying = { what: 'Kafka', isFinal, clock, logger };
  const log = await openUntilThere(() => openKafkaEventLog(options), trying);
  await openUntilThere(() => log.prepare(specs), trying);
  return log;
};

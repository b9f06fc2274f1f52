export type { Clock, Timer } from './client/clock.ts';
export { openKafkaEventLog } from './kafka-event-log.ts';
export type { KafkaEventLogOptions, KafkaLogLine, KafkaSasl, KafkaTls } from './options.ts';

import {
  HEARTBEATS_RETENTION_MS_DEFAULT,
  HISTORY_MS_DEFAULT,
  PARTITIONS_DISTRIBUTED,
  PARTITIONS_MAX,
  TTL_SECONDS_MAX,
} from '@earshot/contracts';
import {
  choiceSetting,
  integerSetting,
  LOG_FORMATS,
  LOG_LEVELS,
  type LogFormat,
  type LogLevel,
  portSetting,
  type Setting,
  textSetting,
} from '@earshot/runtime';

const MS_PER_SECOND = 1_000;
const MS_PER_DAY = 86_400_000;
const RETENTION_SECONDS_MIN = 600;
const HISTORY_DAYS_MAX = 3_650;

/** What every process of the distributed form can be told. */
export type ProcessSettings = {
  readonly partitions: Setting<number>;
  readonly retentionSeconds: Setting<number>;
  readonly historyDays: Setting<number>;
  /** Empty: the commit of the checkout. */
  readonly build: Setting<string>;
  readonly logLevel: Setting<LogLevel>;
  readonly logFormat: Setting<LogFormat>;
};

export const PROCESS_SETTINGS: ProcessSettings = {
  partitions: integerSetting('EARSHOT_PARTITIONS', PARTITIONS_DISTRIBUTED, { min: 1, max: PARTITIONS_MAX }),
  retentionSeconds: integerSetting(
    'EARSHOT_HEARTBEATS_RETENTION_SECONDS',
    HEARTBEATS_RETENTION_MS_DEFAULT / MS_PER_SECOND,
    { min: RETENTION_SECONDS_MIN, max: TTL_SECONDS_MAX },
  ),
  historyDays: integerSetting('EARSHOT_HISTORY_DAYS', HISTORY_MS_DEFAULT / MS_PER_DAY, {
    min: 1,
    max: HISTORY_DAYS_MAX,
  }),
  build: textSetting('EARSHOT_BUILD', ''),
  logLevel: choiceSetting('EARSHOT_LOG_LEVEL', 'info', LOG_LEVELS),
  logFormat: choiceSetting('EARSHOT_LOG_FORMAT', 'auto', LOG_FORMATS),
};

/** Where health and metrics of a process are that has no other address for operators. */
export type OperationsSettings = { readonly operationsHost: Setting<string>; readonly operationsPort: Setting<number> };

export const operationsSettings = (port: number): OperationsSettings => ({
  operationsHost: textSetting('EARSHOT_OPERATIONS_HOST', '127.0.0.1'),
  operationsPort: portSetting('EARSHOT_OPERATIONS_PORT', port),
});

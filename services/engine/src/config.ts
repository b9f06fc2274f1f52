import {
  INTERVAL_SECONDS_DEFAULT,
  INTERVAL_SECONDS_MAX,
  INTERVAL_SECONDS_MIN,
  PARTITIONS_DISTRIBUTED,
  PARTITIONS_MAX,
  TTL_SECONDS_DEFAULT,
  TTL_SECONDS_MAX,
  TTL_SECONDS_MIN,
} from '@earshot/contracts';
import {
  integerSetting,
  optionalTextSetting,
  portSetting,
  secretSetting,
  type Setting,
  textSetting,
} from '@earshot/runtime';

/** Operator tokens are random; below this many characters they would not be. */
export const OPERATOR_TOKEN_LENGTH_MIN = 32;
const METRICS_TOKEN_LENGTH_MIN = 16;
const PORT_DEFAULT = 7_411;
const HISTORY_DAYS_DEFAULT = 90;
/** Ten years: what is older is of no use, and the catalog holds all of it. */
const HISTORY_DAYS_MAX = 3_650;

/** Settings of the engine, read by whoever composes the process. */
export const ENGINE_SETTINGS: {
  readonly host: Setting<string>;
  readonly port: Setting<number>;
  readonly partitions: Setting<number>;
  readonly operatorToken: Setting<string | null>;
  readonly metricsToken: Setting<string | null>;
  readonly defaultIntervalSeconds: Setting<number>;
  readonly defaultTtlSeconds: Setting<number>;
  readonly historyDays: Setting<number>;
  readonly tlsCert: Setting<string | null>;
  readonly tlsKey: Setting<string | null>;
} = {
  host: textSetting('EARSHOT_ENGINE_HOST', '127.0.0.1'),
  port: portSetting('EARSHOT_ENGINE_PORT', PORT_DEFAULT),
  partitions: integerSetting('EARSHOT_PARTITIONS', PARTITIONS_DISTRIBUTED, { min: 1, max: PARTITIONS_MAX }),
  operatorToken: secretSetting('EARSHOT_OPERATOR_TOKEN', OPERATOR_TOKEN_LENGTH_MIN),
  metricsToken: secretSetting('EARSHOT_METRICS_TOKEN', METRICS_TOKEN_LENGTH_MIN),
  defaultIntervalSeconds: integerSetting('EARSHOT_DEFAULT_INTERVAL_SECONDS', INTERVAL_SECONDS_DEFAULT, {
    min: INTERVAL_SECONDS_MIN,
    max: INTERVAL_SECONDS_MAX,
  }),
  defaultTtlSeconds: integerSetting('EARSHOT_DEFAULT_TTL_SECONDS', TTL_SECONDS_DEFAULT, {
    min: TTL_SECONDS_MIN,
    max: TTL_SECONDS_MAX,
  }),
  historyDays: integerSetting('EARSHOT_HISTORY_DAYS', HISTORY_DAYS_DEFAULT, { min: 1, max: HISTORY_DAYS_MAX }),
  tlsCert: optionalTextSetting('EARSHOT_TLS_CERT'),
  tlsKey: optionalTextSetting('EARSHOT_TLS_KEY'),
};

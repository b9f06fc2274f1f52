import {
  HEARTBEATS_RETENTION_MS_DEFAULT,
  PARTITIONS_EMBEDDED,
  PARTITIONS_MAX,
  TTL_PER_INTERVAL_MIN,
  TTL_SECONDS_MAX,
} from '@earshot/contracts';
import { ENGINE_SETTINGS } from '@earshot/engine';
import { ingestSettings, type IngestSettings } from '@earshot/ingest';
import {
  choiceSetting,
  type Environment,
  integerSetting,
  type LoadedSettings,
  loadSettings,
  LOG_FORMATS,
  LOG_LEVELS,
  type LogFormat,
  type LogLevel,
  type Setting,
  SettingsError,
  textSetting,
} from '@earshot/runtime';

const MS_PER_SECOND = 1_000;
const GIB = 1_073_741_824;
/** Below ten minutes a restart for maintenance could outlast what is kept. */
const RETENTION_SECONDS_MIN = 600;
const RETENTION_BYTES_MIN = 16_777_216;

type Definitions = typeof ENGINE_SETTINGS &
  IngestSettings & {
    readonly partitions: Setting<number>;
    readonly dataDirectory: Setting<string>;
    readonly retentionSeconds: Setting<number>;
    readonly retentionBytes: Setting<number>;
    /** Empty: the commit of the checkout. */
    readonly build: Setting<string>;
    readonly logLevel: Setting<LogLevel>;
    readonly logFormat: Setting<LogFormat>;
  };

const DEFINITIONS: Definitions = {
  ...ENGINE_SETTINGS,
  ...ingestSettings({ drainSeconds: 0 }),
  partitions: integerSetting('EARSHOT_PARTITIONS', PARTITIONS_EMBEDDED, { min: 1, max: PARTITIONS_MAX }),
  dataDirectory: textSetting('EARSHOT_DATA_DIR', './data'),
  retentionSeconds: integerSetting(
    'EARSHOT_HEARTBEATS_RETENTION_SECONDS',
    HEARTBEATS_RETENTION_MS_DEFAULT / MS_PER_SECOND,
    { min: RETENTION_SECONDS_MIN, max: TTL_SECONDS_MAX },
  ),
  retentionBytes: integerSetting('EARSHOT_HEARTBEATS_RETENTION_BYTES', GIB, {
    min: RETENTION_BYTES_MIN,
    max: Number.MAX_SAFE_INTEGER,
  }),
  build: textSetting('EARSHOT_BUILD', ''),
  logLevel: choiceSetting('EARSHOT_LOG_LEVEL', 'info', LOG_LEVELS),
  logFormat: choiceSetting('EARSHOT_LOG_FORMAT', 'auto', LOG_FORMATS),
};

export type StandaloneSettings = LoadedSettings<Definitions>['settings'];

/** What is wrong between settings that are each right. */
const jointFaults = (settings: StandaloneSettings): readonly string[] => [
  ...(settings.defaultTtlSeconds < TTL_PER_INTERVAL_MIN * settings.defaultIntervalSeconds
    ? [`EARSHOT_DEFAULT_TTL_SECONDS must be at least ${TTL_PER_INTERVAL_MIN} times EARSHOT_DEFAULT_INTERVAL_SECONDS`]
    : []),
  ...((settings.tlsCert === null) === (settings.tlsKey === null)
    ? []
    : ['EARSHOT_TLS_CERT and EARSHOT_TLS_KEY go together; give both or neither']),
];

/** Settings of the embedded form. Throws SettingsError with every fault. */
export const loadStandaloneSettings = (environment: Environment): LoadedSettings<Definitions> => {
  const loaded = loadSettings(DEFINITIONS, environment);
  const faults = jointFaults(loaded.settings);
  if (faults.length > 0) throw new SettingsError(faults);
  return loaded;
};

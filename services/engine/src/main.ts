import { hash } from 'node:crypto';
import { join } from 'node:path';
import {
  KAFKA_SETTINGS,
  openDistributedLog,
  openDistributedRegistry,
  openDistributedStore,
  PROCESS_SETTINGS,
  REDIS_SETTINGS,
} from '@earshot/distributed';
import {
  createParts,
  createProcessGround,
  loadSettings,
  optionalTextSetting,
  readTlsFiles,
  requiredSecretSetting,
  runProcess,
  sayReady,
} from '@earshot/runtime';
import { ENGINE_SETTINGS, OPERATOR_TOKEN_LENGTH_MIN } from './config.ts';
import { createEngineService } from './create-engine-service.ts';

const MS_PER_SECOND = 1_000;
const MS_PER_DAY = 86_400_000;
const STOP_DEADLINE_MS = 15_000;

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** The engine as a process of its own. Of several, one writes the registry. */
runProcess({
  start: async () => {
    const { settings, warnings } = loadSettings(
      {
        ...ENGINE_SETTINGS,
        ...PROCESS_SETTINGS,
        ...KAFKA_SETTINGS,
        ...REDIS_SETTINGS,
        operatorToken: requiredSecretSetting('EARSHOT_OPERATOR_TOKEN', {
          lengthMin: OPERATOR_TOKEN_LENGTH_MIN,
          expected: `a secret of at least ${OPERATOR_TOKEN_LENGTH_MIN} characters`,
        }),
        /** Not given: the catalog is in memory, and filled anew at each start. */
        dataDirectory: optionalTextSetting('EARSHOT_DATA_DIR'),
      },
      process.env,
    );
    const { clock, logger, metrics, build, version } = createProcessGround(settings, warnings);
    const log = await openDistributedLog(settings, { clientId: 'earshot-engine', clock, logger });
    const { registry, logId } = await openDistributedRegistry({ log, clock, logger });
    await registry.stop();
    const store = await openDistributedStore(settings, { logId, clock, logger });
    const engine = createEngineService(
      { log, store, clock, logger, metrics },
      {
        host: settings.host,
        port: settings.port,
        tls: readTlsFiles(settings),
        partitions: settings.partitions,
        catalogPath: settings.dataDirectory === null ? null : join(settings.dataDirectory, 'catalog.db'),
        operatorTokenSha256: sha256(settings.operatorToken),
        metricsTokenSha256: settings.metricsToken === null ? null : sha256(settings.metricsToken),
        defaults: {
          intervalMs: settings.defaultIntervalSeconds * MS_PER_SECOND,
          ttlMs: settings.defaultTtlSeconds * MS_PER_SECOND,
        },
        historyMs: settings.historyDays * MS_PER_DAY,
        build,
        version,
        mode: 'distributed',
        otherServices: {},
      },
    );
    const parts = createParts(
      [
        { name: 'log', stop: () => log.close() },
        { name: 'projection', stop: () => store.close() },
        { name: 'engine', start: engine.start, stop: engine.stop },
      ],
      { clock, stopDeadlineMs: STOP_DEADLINE_MS },
    );
    await parts.start();
    sayReady({ engine: engine.url() });
    return { logger, stop: parts.stop };
  },
});

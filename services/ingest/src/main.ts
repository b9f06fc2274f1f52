import {
  KAFKA_SETTINGS,
  openDistributedLog,
  openDistributedRegistry,
  operationsSettings,
  PROCESS_SETTINGS,
} from '@earshot/distributed';
import {
  createOperationsServer,
  createParts,
  createProcessGround,
  loadSettings,
  readTlsFiles,
  runProcess,
  sayReady,
} from '@earshot/runtime';
import { ingestSettings } from './config.ts';
import { createIngestService } from './ingest-service.ts';

const DRAIN_SECONDS = 30;
const OPERATIONS_PORT = 7_412;
const MS_PER_SECOND = 1_000;
/** Beside the drain time. */
const STOP_DEADLINE_MS = 10_000;

/** The ingest as a process of its own: it depends on Kafka alone. */
runProcess({
  start: async () => {
    const { settings, warnings } = loadSettings(
      {
        ...PROCESS_SETTINGS,
        ...KAFKA_SETTINGS,
        ...operationsSettings(OPERATIONS_PORT),
        ...ingestSettings({ drainSeconds: DRAIN_SECONDS }),
      },
      process.env,
    );
    const { clock, logger, metrics } = createProcessGround(settings, warnings);
    const log = await openDistributedLog(settings, { clientId: 'earshot-ingest', clock, logger });
    const { registry } = await openDistributedRegistry({ log, clock, logger });
    const ingest = createIngestService(
      { log, clock, logger, metrics, registry: { view: registry.view, currency: () => registry.currency() } },
      {
        host: settings.ingestHost,
        port: settings.ingestPort,
        partitions: settings.partitions,
        tls: readTlsFiles(settings),
        bodyOptional: settings.bodyOptional,
        drainSeconds: settings.drainSeconds,
      },
    );
    const operations = createOperationsServer({
      host: settings.operationsHost,
      port: settings.operationsPort,
      services: { ingest: ingest.health },
      metrics,
    });
    const parts = createParts(
      [
        { name: 'log', stop: () => log.close() },
        { name: 'registry', stop: () => registry.stop() },
        { name: 'operations', start: () => operations.listen(), stop: () => operations.close(0) },
        { name: 'ingest', start: ingest.start, stop: ingest.stop },
      ],
      { clock, stopDeadlineMs: settings.drainSeconds * MS_PER_SECOND + STOP_DEADLINE_MS },
    );
    await parts.start();
    sayReady({ ingest: ingest.url(), operations: operations.url() });
    return { logger, stop: parts.stop };
  },
});

import {
  KAFKA_SETTINGS,
  openDistributedLog,
  openDistributedRegistry,
  openDistributedStore,
  operationsSettings,
  PROCESS_SETTINGS,
  REDIS_SETTINGS,
} from '@earshot/distributed';
import {
  createOperationsServer,
  createParts,
  createProcessGround,
  loadSettings,
  runProcess,
  sayReady,
} from '@earshot/runtime';
import { createLivenessService } from './create-liveness-service.ts';

const OPERATIONS_PORT = 7_413;
const STOP_DEADLINE_MS = 10_000;

/** Liveness as a process of its own, on Kafka and Redis. Several share the partitions. */
runProcess({
  start: async (onFatal) => {
    const { settings, warnings } = loadSettings(
      { ...PROCESS_SETTINGS, ...KAFKA_SETTINGS, ...REDIS_SETTINGS, ...operationsSettings(OPERATIONS_PORT) },
      process.env,
    );
    const { clock, logger, metrics } = createProcessGround(settings, warnings);
    const log = await openDistributedLog(settings, { clientId: 'earshot-liveness', clock, logger });
    const { registry, logId } = await openDistributedRegistry({ log, clock, logger });
    await registry.stop();
    const store = await openDistributedStore(settings, { logId, clock, logger });
    const { partitions } = settings;
    const liveness = createLivenessService({ log, store, clock, logger, metrics }, { partitions, logId, onFatal });
    const operations = createOperationsServer({
      host: settings.operationsHost,
      port: settings.operationsPort,
      services: { liveness: liveness.health },
      metrics,
    });
    const parts = createParts(
      [
        { name: 'log', stop: () => log.close() },
        { name: 'projection', stop: () => store.close() },
        { name: 'operations', start: () => operations.listen(), stop: () => operations.close(0) },
        { name: 'liveness', start: liveness.start, stop: liveness.stop },
      ],
      { clock, stopDeadlineMs: STOP_DEADLINE_MS },
    );
    await parts.start();
    sayReady({ operations: operations.url() });
    return { logger, stop: parts.stop };
  },
});

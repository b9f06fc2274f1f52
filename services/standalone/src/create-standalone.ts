import { hash } from 'node:crypto';
import { topicSpecs } from '@earshot/contracts';
import { createEngineService, type EngineService } from '@earshot/engine';
import type { EventLog } from '@earshot/event-log';
import { openSqliteEventLog } from '@earshot/event-log/sqlite';
import { createIngestService, type IngestService } from '@earshot/ingest';
import { createLivenessService, type LivenessService } from '@earshot/liveness';
import { openSqliteLivenessStore } from '@earshot/liveness-store/sqlite';
import type { LivenessStore } from '@earshot/liveness-store';
import { createRegistryReader, ensureLogId, type IssuedCredential, type RegistryReader } from '@earshot/registry';
import {
  type Clock,
  createParts,
  type Logger,
  type MetricsRegistry,
  type Part,
  readTlsFiles,
  wait,
} from '@earshot/runtime';
import type { StandaloneSettings } from './config.ts';
import type { DataDirectory } from './data-directory.ts';
import { ensureFirstFleet } from './first-fleet.ts';

const MS_PER_SECOND = 1_000;
const MS_PER_DAY = 86_400_000;
/** Stopping takes the drain time and at most this. */
const STOP_DEADLINE_MS = 10_000;
/** A projection that takes longer to load does not keep the ingest from recording. */
const FOLDED_WAIT_MS = 10_000;
/** How often a starting process asks its services whether they are ready. */
const READY_CHECK_MS = 20;

export interface StandaloneDependencies {
  readonly settings: StandaloneSettings;
  readonly directory: DataDirectory;
  readonly operatorToken: string;
  readonly build: string;
  readonly version: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
  /** An error that no retry mends; the process should end. */
  readonly onFatal: (error: Error) => void;
}

/** The whole product in one process. */
export interface Standalone {
  /** Resolves when every service is ready. */
  readonly start: () => Promise<void>;
  /** Leaves in order: socket closed, what was accepted recorded, goodbye, last commits. Twice is fine. */
  readonly stop: () => Promise<void>;
  ingestUrl(): string;
  engineUrl(): string;
  /** The credential of the fleet made at the first start; null at any other. */
  firstCredential(): IssuedCredential | null;
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/** The storages, and what is read from them before any service starts. */
interface Ground {
  readonly log: EventLog;
  readonly store: LivenessStore;
  readonly registry: RegistryReader;
  readonly logId: string;
}

const openGround = async (dependencies: StandaloneDependencies): Promise<Ground> => {
  const { settings, directory, clock, logger } = dependencies;
  const log = await openSqliteEventLog({
    path: directory.log,
    clock,
    maintenanceFailed: (error) => logger.warn({ error }, 'retention failed; trying again later'),
  });
  await log.prepare(
    topicSpecs({
      partitions: settings.partitions,
      heartbeatsRetentionMs: settings.retentionSeconds * MS_PER_SECOND,
      heartbeatsRetentionBytes: settings.retentionBytes,
      historyMs: settings.historyDays * MS_PER_DAY,
    }),
  );
  const registry = createRegistryReader({
    log,
    clock,
    onUnreadable: (reason, { position }) => logger.warn({ reason, position }, 'a registry entry cannot be read'),
    onError: (error) => logger.warn({ error }, 'the registry cannot be read; trying again'),
  });
  await registry.start();
  const logId = await ensureLogId({ log, clock, reader: registry });
  const store = await openSqliteLivenessStore({
    path: directory.projection,
    logId,
    onLost: (loss) => logger.warn({ loss }, 'the projection was lost and is made anew'),
  });
  return { log, store, registry, logId };
};

interface Services {
  readonly ingest: IngestService;
  readonly liveness: LivenessService;
  readonly engine: EngineService;
}

const createServices = (dependencies: StandaloneDependencies, ground: Ground): Services => {
  const { settings, directory, clock, logger, metrics, build, version } = dependencies;
  const { log, store, registry, logId } = ground;
  const { partitions } = settings;
  const tls = readTlsFiles(settings);
  const shared = { log, clock, logger, metrics };
  const ingest = createIngestService(
    { ...shared, registry: { view: registry.view, currency: () => registry.currency() } },
    {
      host: settings.ingestHost,
      port: settings.ingestPort,
      partitions,
      tls,
      bodyOptional: settings.bodyOptional,
      drainSeconds: settings.drainSeconds,
    },
  );
  const liveness = createLivenessService({ ...shared, store }, { partitions, logId, onFatal: dependencies.onFatal });
  const engine = createEngineService(
    { ...shared, store },
    {
      host: settings.host,
      port: settings.port,
      tls,
      partitions,
      catalogPath: directory.catalog,
      operatorTokenSha256: sha256(dependencies.operatorToken),
      metricsTokenSha256: settings.metricsToken === null ? null : sha256(settings.metricsToken),
      defaults: {
        intervalMs: settings.defaultIntervalSeconds * MS_PER_SECOND,
        ttlMs: settings.defaultTtlSeconds * MS_PER_SECOND,
      },
      historyMs: settings.historyDays * MS_PER_DAY,
      build,
      version,
      mode: 'embedded',
      otherServices: { ingest: () => ingest.health(), liveness: () => liveness.health() },
    },
  );
  return { ingest, liveness, engine };
};

/** Opens what is in the data directory and puts the three services on it; `start` brings them up. */
export const createStandalone = async (dependencies: StandaloneDependencies): Promise<Standalone> => {
  const { settings, directory, clock } = dependencies;
  const ground = await openGround(dependencies);
  const services = createServices(dependencies, ground);
  const { ingest, liveness, engine } = services;
  let firstCredential: IssuedCredential | null = null;

  const untilReady = async (): Promise<void> => {
    while (![ingest, liveness, engine].every((service) => service.health().ready)) await wait(clock, READY_CHECK_MS);
  };
  const enterFirstFleet = async (): Promise<void> => {
    firstCredential = await ensureFirstFleet({
      registry: engine.registry,
      view: ground.registry.view,
      clock,
      fleet: {
        intervalMs: settings.defaultIntervalSeconds * MS_PER_SECOND,
        ttlMs: settings.defaultTtlSeconds * MS_PER_SECOND,
      },
      path: directory.firstCredential,
    });
  };
  /** A verdict is possible before anything is heard, or this cannot go on: either is known before the socket opens. */
  const untilFolded = async (): Promise<void> => {
    const until = clock.monotonicNow() + FOLDED_WAIT_MS;
    while (liveness.folded() < settings.partitions && clock.monotonicNow() < until) await wait(clock, READY_CHECK_MS);
  };
  const list: readonly Part[] = [
    { name: 'log', stop: () => ground.log.close() },
    { name: 'projection', stop: () => ground.store.close() },
    { name: 'registry', stop: () => ground.registry.stop() },
    { name: 'engine', start: engine.start, stop: engine.stop },
    { name: 'first fleet', start: enterFirstFleet },
    { name: 'liveness', start: liveness.start, stop: liveness.stop },
    { name: 'first load', start: untilFolded },
    { name: 'ingest', start: ingest.start, stop: ingest.stop },
    { name: 'readiness', start: untilReady },
  ];
  const stopDeadlineMs = settings.drainSeconds * MS_PER_SECOND + STOP_DEADLINE_MS;
  const parts = createParts(list, { clock, stopDeadlineMs });
  return {
    start: parts.start,
    stop: parts.stop,
    ingestUrl: () => ingest.url(),
    engineUrl: () => engine.url(),
    firstCredential: () => firstCredential,
  };
};

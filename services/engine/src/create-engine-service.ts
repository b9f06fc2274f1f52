import type { DurationMs, TokenEntry } from '@earshot/contracts';
import type { EventLog } from '@earshot/event-log';
import { createInstrument, type Instrument } from '@earshot/instrument';
import type { LivenessStore } from '@earshot/liveness-store';
import { createLogRegistryWriter, type LogRegistryWriter, type RegistryWriter } from '@earshot/registry';
import {
  type Clock,
  createHttpServer,
  createParts,
  type Health,
  healthFrom,
  type HttpServer,
  type Logger,
  type MetricsRegistry,
  type Part,
  type Service,
  type TlsFiles,
} from '@earshot/runtime';
import type { Catalog } from './application/catalog.ts';
import { CatalogError } from './application/catalog-error.ts';
import type { EngineContext, EngineDefaults } from './application/engine-context.ts';
import { followLog, type LogFollowing } from './application/follow-log.ts';
import { isKnownToLiveness } from './application/is-known-to-liveness.ts';
import { createObserver, type Observer } from './application/observe.ts';
import { createRegistryOwnership, type RegistryOwnership } from './application/own-registry.ts';
import { openCatalog } from './catalog/open-catalog.ts';
import { CATALOG_STALE_MS } from './domain/catalog-currency.ts';
import { createEngineLoops } from './engine-loops.ts';
import { apiRoutes } from './http/api-routes.ts';
import { createAuthentication } from './http/authenticate.ts';
import { createApp } from './http/create-app.ts';
import { createEngineMetrics, type EngineMetrics } from './metrics.ts';

/** For all parts together; above what the longest of them, requests under way, may take. */
const STOP_DEADLINE_MS: DurationMs = 10_000;
const REQUEST_GRACE_MS: DurationMs = 5_000;

export interface EngineDependencies {
  /** Its topics are prepared. */
  readonly log: EventLog;
  readonly store: LivenessStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: MetricsRegistry;
}

export interface EngineOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly tls: TlsFiles | null;
  /** Of heartbeats, transitions and incidents. */
  readonly partitions: number;
  /** File of the catalog; null: in memory, filled anew at each start. */
  readonly catalogPath: string | null;
  /** Hex. The token itself is not known here. */
  readonly operatorTokenSha256: string;
  /** Hex; null: metrics are open. */
  readonly metricsTokenSha256: string | null;
  readonly defaults: EngineDefaults;
  readonly historyMs: DurationMs;
  readonly build: string;
  readonly version: string;
  readonly mode: 'embedded' | 'distributed';
  /** Other services of this process, which `/readyz` answers for as well. */
  readonly otherServices: Readonly<Record<string, () => Health>>;
}

export interface EngineService extends Service {
  /** Where it listens, `http://127.0.0.1:7411`; empty when it does not. */
  url(): string;
  /** For whoever composes the process: what a first start needs is entered through it. */
  readonly registry: RegistryWriter;
}

interface EngineParts {
  readonly catalog: Catalog;
  readonly following: LogFollowing;
  readonly ownership: RegistryOwnership;
  readonly writer: LogRegistryWriter;
  readonly observer: Observer;
  readonly context: EngineContext;
}

const createContext = (
  dependencies: EngineDependencies,
  options: EngineOptions,
  onCompleted: () => void,
): EngineParts => {
  const { log, store, clock, logger } = dependencies;
  const { partitions } = options;
  const catalog = openCatalog({
    path: options.catalogPath,
    clock,
    onReplaced: (path) => logger.warn({ path }, 'the catalog could not be used, was set aside and is filled anew'),
  });
  const following = followLog({ log, catalog, clock, logger, partitions });
  const ownership = createRegistryOwnership({ log, clock, logger });
  const writer = createLogRegistryWriter({
    log,
    entries: catalog.registry,
    partitions,
    clock,
    isWriter: ownership.isWriter,
    isKnownToLiveness: isKnownToLiveness(store, partitions),
    onChange: ({ by, action, subject, revision }) => logger.info({ by, action, subject, revision }, 'registry changed'),
    onError: (error) => logger.warn({ error }, 'a change of the registry could not be made'),
  });
  const isCatalogComplete = following.isComplete;
  const observer = createObserver({ log, store, catalog, isCatalogComplete, clock, partitions, onCompleted });
  const context: EngineContext = {
    log,
    store,
    catalog,
    writer,
    clock,
    partitions,
    defaults: options.defaults,
    observation: observer.current,
    isCatalogComplete,
  };
  return { catalog, following, ownership, writer, observer, context };
};

/** In the order they start; they stop the other way round. */
const partsOf = (engine: EngineParts, server: HttpServer, work: readonly Part[]): readonly Part[] => [
  { name: 'catalog', stop: () => engine.catalog.close() },
  { name: 'following', start: () => engine.following.start(), stop: () => engine.following.stop() },
  { name: 'registry ownership', start: () => engine.ownership.start(), stop: () => engine.ownership.stop() },
  { name: 'registry writer', stop: () => engine.writer.stop() },
  { name: 'http', start: () => server.listen(), stop: () => server.close(REQUEST_GRACE_MS) },
  ...work,
];

interface Surface {
  readonly engine: EngineParts;
  readonly instrument: Instrument;
  readonly metrics: EngineMetrics;
  readonly health: () => Health;
}

/** G4: only a whole catalog can say that there is no such token. */
const findToken = ({ catalog, following }: EngineParts, sha256: string): TokenEntry | null => {
  const token = catalog.registry.token(sha256);
  if (token === null && !following.isComplete()) {
    throw new CatalogError('EARSHOT_CATALOG_FILLING', 'not every token is known yet');
  }
  return token;
};

const createServer = (dependencies: EngineDependencies, options: EngineOptions, surface: Surface): HttpServer => {
  const { engine, instrument, metrics, health } = surface;
  const others = Object.entries(options.otherServices);
  const app = createApp({
    routes: apiRoutes(engine.context),
    authentication: createAuthentication({
      ...options,
      findToken: (sha256) => findToken(engine, sha256),
    }),
    instrument,
    metrics: dependencies.metrics,
    health: () => ({ engine: health(), ...Object.fromEntries(others.map(([name, ask]) => [name, ask()])) }),
    logger: dependencies.logger,
    version: options.version,
    onAnswered: metrics.answered,
    monotonicNow: () => dependencies.clock.monotonicNow(),
  });
  return createHttpServer({ host: options.host, port: options.port, tls: options.tls, listener: app });
};

/** The operator side: queries, changes, metrics, the beat. */
export const createEngineService = (given: EngineDependencies, options: EngineOptions): EngineService => {
  const { clock, store } = given;
  const logger = given.logger.child({ service: 'engine' });
  const dependencies = { ...given, logger };
  const { wallNow, monotonicNow } = clock;
  const instrument = createInstrument({ build: options.build, wallNow, monotonicNow });
  const engine = createContext(dependencies, options, () => instrument.beat());
  const { observer, following } = engine;
  const metrics = createEngineMetrics(given.metrics, {
    ...options,
    observation: observer.current,
    heartbeat: () => instrument.getHeartbeat(),
  });
  const health = (): Health =>
    healthFrom([
      [server.address() !== null, 'not listening'],
      [observer.hasRead(), 'the projection was not read yet'],
      [following.isComplete(), 'the catalog is being filled'],
      [observer.current().catalogLackingMs < CATALOG_STALE_MS, 'the catalog is behind the log'],
    ]);
  const server = createServer(dependencies, options, { engine, instrument, metrics, health });
  const loops = createEngineLoops({ ...engine, historyMs: options.historyMs, store, clock, logger });
  const work = [
    { name: 'instrument', start: () => instrument.start() },
    { name: 'loops', ...loops },
  ];
  const parts = createParts(partsOf(engine, server, work), { clock, stopDeadlineMs: STOP_DEADLINE_MS });
  return {
    start: () => parts.start(),
    stop: () => parts.stop(),
    health,
    url: () => server.url(),
    registry: engine.writer,
  };
};

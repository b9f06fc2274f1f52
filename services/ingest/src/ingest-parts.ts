import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { HttpServer } from '@earshot/runtime';
import { type AppendQueue, createAppendQueue, QUEUE_RECORDS_MAX } from './application/append-queue.ts';
import { createHearing, type Hearing } from './application/hearing.ts';
import { createKnocking, type Knocking } from './application/knocking.ts';
import { createNewcomers } from './application/newcomers.ts';
import { createQueueShares } from './application/queue-shares.ts';
import { createSystemLimiter } from './application/system-limiter.ts';
import { isLeaving, type ReadinessFacts } from './domain/ingest-readiness.ts';
import { createIngestServer } from './http/ingest-server.ts';
import { createKnockOnDoor } from './http/knock-client.ts';
import type { KnockCredentials } from './http/knock-door.ts';
import { createIngestMetrics, type IngestMetrics } from './metrics.ts';
import type { IngestDependencies, IngestOptions, RandomSource } from './options.ts';

/** What an ingest is made of. */
export interface IngestParts {
  readonly ingestId: string;
  readonly queue: AppendQueue;
  readonly knocking: Knocking;
  readonly server: HttpServer;
  readonly readiness: () => ReadinessFacts;
}

/** What every part needs. */
interface Ground {
  readonly dependencies: IngestDependencies;
  readonly options: IngestOptions;
  readonly credentials: KnockCredentials;
  readonly isStopping: () => boolean;
}

const MACHINE_RANDOM: RandomSource = { bytes: (count) => randomBytes(count), fraction: () => Math.random() };

const SECRET_BYTES = 32;
const ID_BYTES = 4;
/** Keeps the id readable in an outage, and far below the length of a name. */
const HOST_NAME_LENGTH_MAX = 63;

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const newKnockCredentials = (random: RandomSource, name: string): KnockCredentials => ({
  ingestId: `${name.slice(0, HOST_NAME_LENGTH_MAX)}-${hex(random.bytes(ID_BYTES))}`,
  secret: hex(random.bytes(SECRET_BYTES)),
});

/** Puts an ingest together; nothing runs yet. */
export const createIngestParts = (
  dependencies: IngestDependencies,
  options: IngestOptions,
  isStopping: () => boolean,
): IngestParts => {
  const { clock, log, registry, random = MACHINE_RANDOM } = dependencies;
  const credentials = newKnockCredentials(random, options.name ?? hostname());
  const ground: Ground = { dependencies, options, credentials, isStopping };
  const readiness = (): ReadinessFacts => ({
    history: knocking.history(),
    currency: registry.currency(),
    stopping: isStopping(),
    now: clock.monotonicNow(),
  });
  const metrics = registerMetrics(dependencies, { records: () => queue.records(), readiness });
  const queue = createAppendQueue({ log, clock, appended: metrics.appended });
  const knocking = createKnocking({
    ingestId: credentials.ingestId,
    partitions: options.partitions,
    queue,
    clock,
    logger: dependencies.logger,
    knockOnDoor: createKnockOnDoor({ credentials, clock, tls: options.tls ?? null, address: () => server.address() }),
    canDecide: () => registry.currency() !== 'unknown',
    isLeaving: () => isLeaving(readiness()),
  });
  const server = createServer(ground, { metrics, knocking, hearing: createOurHearing(ground, queue, knocking) });
  return { ingestId: credentials.ingestId, queue, knocking, server, readiness };
};

const registerMetrics = (
  { clock, metrics, registry }: IngestDependencies,
  state: { readonly records: () => number; readonly readiness: () => ReadinessFacts },
): IngestMetrics =>
  createIngestMetrics(metrics, {
    queueRecords: state.records,
    queueRecordsMax: QUEUE_RECORDS_MAX,
    lastKnockSeconds: () => {
      const { history, now } = state.readiness();
      return history.acknowledgedAt === null ? 0 : (clock.wallNow() - (now - history.acknowledgedAt)) / 1_000;
    },
    credentialsAreCurrent: () => registry.currency() === 'current',
  });

const createOurHearing = ({ dependencies, options }: Ground, queue: AppendQueue, knocking: Knocking): Hearing => {
  const { clock, registry } = dependencies;
  return createHearing({
    registry,
    partitions: options.partitions,
    queue,
    shares: createQueueShares(QUEUE_RECORDS_MAX),
    limiter: createSystemLimiter(),
    newcomers: createNewcomers({
      isRegistered: (systemId) => registry.view.system(systemId) !== null,
      monotonicNow: () => clock.monotonicNow(),
    }),
    knocking,
    clock,
  });
};

const createServer = (
  { dependencies, options, credentials, isStopping }: Ground,
  parts: { readonly metrics: IngestMetrics; readonly knocking: Knocking; readonly hearing: Hearing },
): HttpServer => {
  const { clock, logger, random = MACHINE_RANDOM } = dependencies;
  return createIngestServer(
    {
      hearing: parts.hearing,
      answerDoor: () => parts.knocking.answerDoor(),
      credentials,
      count: parts.metrics.count,
      isLeaving: isStopping,
      random: () => random.fraction(),
      clock,
      logger,
    },
    options,
  );
};

import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import {
  partitionOf,
  type PartitionState,
  REGISTRY_TOPIC,
  type SystemRow,
  topicSpecs,
  type Transition,
  TRANSITIONS_TOPIC,
} from '@earshot/contracts';
import type { EventLog, NewRecord } from '@earshot/event-log';
import { openSqliteEventLog } from '@earshot/event-log/sqlite';
import type { LivenessStore } from '@earshot/liveness-store';
import { openSqliteLivenessStore } from '@earshot/liveness-store/sqlite';
import { type Clock, createMetricsRegistry, silentLogger } from '@earshot/runtime';
import { createEngineService, type EngineOptions, type EngineService } from '../create-engine-service.ts';
import { transitionRecord } from './records.ts';

/** An engine over a real log and a real projection, both in memory, spoken to over a real socket. */

export const OPERATOR_TOKEN = 'operator-token-of-the-tests-0123456789';
export const PARTITIONS = 2;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Sent {
  readonly method?: string;
  /** Null: without a token. */
  readonly token?: string | null;
  readonly body?: unknown;
  readonly rawBody?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface RunningEngine {
  readonly service: EngineService;
  readonly log: EventLog;
  readonly store: LivenessStore;
  /** Sends the target byte for byte, as no URL parser would leave it. */
  send(target: string, sent?: Sent): Promise<Answered>;
  stop(): Promise<void>;
}

export interface StartEngine {
  readonly clock: Clock;
  readonly options?: Partial<EngineOptions>;
  /** Puts something between the engine and the real store. */
  readonly wrapStore?: (store: LivenessStore) => LivenessStore;
  /** Puts something between the engine and the real log. */
  readonly wrapLog?: (log: EventLog) => EventLog;
  /** Put into the log before the engine starts. */
  readonly records?: readonly NewRecord[];
  /** Done with the log before the engine starts. */
  readonly before?: (log: EventLog) => Promise<void>;
}

const OPTIONS: EngineOptions = {
  host: '127.0.0.1',
  port: 0,
  tls: null,
  partitions: PARTITIONS,
  catalogPath: null,
  operatorTokenSha256: sha256(OPERATOR_TOKEN),
  metricsTokenSha256: null,
  defaults: { intervalMs: 600_000, ttlMs: 1_500_000 },
  historyMs: 90 * 86_400_000,
  build: '2aae3712',
  version: '0.1.0',
  mode: 'embedded',
  otherServices: {},
};

const bodyOf = ({ body, rawBody }: Sent): string | Buffer | null =>
  rawBody ?? (body === undefined ? null : JSON.stringify(body));

const headersOf = (sent: Sent, body: string | Buffer | null): Record<string, string> => ({
  ...(sent.token === null ? {} : { Authorization: `Bearer ${sent.token ?? OPERATOR_TOKEN}` }),
  ...(body === null ? {} : { 'Content-Type': 'application/json' }),
  ...(body === null || sent.headers?.['Transfer-Encoding'] !== undefined
    ? {}
    : { 'Content-Length': String(Buffer.byteLength(body)) }),
  ...sent.headers,
});

const sendTo = (origin: string, target: string, sent: Sent): Promise<Answered> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const body = bodyOf(sent);
    const request = httpRequest(
      { hostname, port, path: target, method: sent.method ?? 'GET', headers: headersOf(sent, body), agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body ?? undefined);
  });

export const startEngine = async (start: StartEngine): Promise<RunningEngine> => {
  const real = await openSqliteEventLog({ path: null, maintenanceIntervalMs: null, clock: start.clock });
  const log = start.wrapLog?.(real) ?? real;
  await log.prepare(topicSpecs({ partitions: PARTITIONS }));
  if (start.records !== undefined) await log.append(start.records);
  await start.before?.(log);
  const store = await openSqliteLivenessStore({ path: null });
  const service = createEngineService(
    {
      log,
      store: start.wrapStore?.(store) ?? store,
      clock: start.clock,
      logger: silentLogger,
      metrics: createMetricsRegistry(),
    },
    { ...OPTIONS, ...start.options },
  );
  await service.start();
  return {
    service,
    log,
    store,
    send: (target, sent = {}) => sendTo(service.url(), target, sent),
    stop: async () => {
      await service.stop();
      await store.close();
      await log.close();
    },
  };
};

/** A transition as liveness publishes it. */
export const publication = (made: Transition): NewRecord => {
  const { key, value } = transitionRecord(made);
  return { topic: TRANSITIONS_TOPIC, partition: partitionOf(made.systemId, PARTITIONS), key, value };
};

export const registryEntry = (key: string, entry: object): NewRecord => ({
  topic: REGISTRY_TOPIC,
  partition: 0,
  key,
  value: JSON.stringify(entry),
});

const partitionState = (proven: number, members: Partial<PartitionState> = {}): PartitionState => ({
  position: 0,
  now: proven,
  proven,
  openSince: proven - 3_600_000,
  open: 3_600_000,
  lastKnock: proven,
  hold: 'none',
  holdOpenedAt: null,
  holdClosedAt: null,
  listeners: [{ ingest: 'ingest-1', at: proven, n: 1, timer: proven, leaving: false }],
  ledger: [],
  ...members,
});

export const systemRow = (systemId: string, at: number, members: Partial<SystemRow> = {}): SystemRow => ({
  systemId,
  fleet: 'default',
  ttlMs: 1_500_000,
  ttlRevision: 0,
  revision: 0,
  registration: 1,
  state: 'online',
  paused: false,
  retiredAt: null,
  lastSeen: at,
  since: at,
  openAt: 3_600_000,
  sequence: 1,
  mutedTo: -1,
  credential: '',
  ...members,
});

/** What the projection is to show, of all partitions, as one liveness would have committed it. */
export const project = async (
  store: LivenessStore,
  shown: {
    readonly proven: number;
    readonly systems?: readonly SystemRow[];
    readonly state?: Partial<PartitionState>;
    readonly expected?: number | null;
  },
): Promise<void> => {
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const systems = (shown.systems ?? []).filter((row) => partitionOf(row.systemId, PARTITIONS) === partition);
    const outcome = await store.commit({
      partition,
      owner: 'liveness-1',
      expected: shown.expected ?? null,
      state: partitionState(shown.proven, shown.state),
      systems: systems.map((row) => ({ row, heartbeatOnly: false })),
      removed: [],
      publications: [],
      endSeen: 1,
      committedAt: shown.proven,
    });
    if (!outcome.accepted) throw new Error(`the projection stands at ${outcome.stored}`);
  }
};

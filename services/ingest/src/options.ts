import type { AddressInfo } from 'node:net';
import type { DurationMs } from '@earshot/contracts';
import type { EventLog } from '@earshot/event-log';
import type { Currency, RegistryView } from '@earshot/registry';
import type { Clock, Logger, MetricsRegistry, Service, TlsFiles } from '@earshot/runtime';

/** Where chance comes from. */
export interface RandomSource {
  /** Unguessable bytes. */
  bytes(count: number): Uint8Array;
  /** Uniform over [0, 1). */
  fraction(): number;
}

export interface IngestDependencies {
  readonly log: Pick<EventLog, 'append'>;
  readonly registry: {
    readonly view: RegistryView;
    /** How far the view may be trusted now. Asked several times for each request, so it must be cheap. */
    currency(): Currency;
  };
  readonly clock: Clock;
  readonly logger: Logger;
  /** Takes the ingest's metrics, once. */
  readonly metrics: MetricsRegistry;
  /** Default: the machine's. */
  readonly random?: RandomSource;
}

export interface IngestOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Partitions of the heartbeats topic, as the log was created with. */
  readonly partitions: number;
  /** Default: none. */
  readonly tls?: TlsFiles | null;
  /** A request without a body, or with `{}`, means the system whose own credential it carries. Default: false. */
  readonly bodyOptional?: boolean;
  /** Between failing `/readyz` and closing the socket. Default: 0. */
  readonly drainSeconds?: number;
  /** Begins this ingest's id, to be recognised in outages. Default: the machine's name. */
  readonly name?: string;
  /** Deadlines of a request, in real time. Default: the runtime's. */
  readonly deadlines?: {
    readonly headersMs: DurationMs;
    readonly requestMs: DurationMs;
    /** How often the two are looked at. */
    readonly checkMs: DurationMs;
  };
}

/** The fleet side of the platform. */
export interface IngestService extends Service {
  /** `http://127.0.0.1:7410`; empty while it does not listen. */
  url(): string;
  address(): AddressInfo | null;
  /** Names this process in knocks and outages; new with every service made. */
  readonly ingestId: string;
}

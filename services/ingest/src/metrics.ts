import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { DurationMs } from '@earshot/contracts';
import { type Outcome, OUTCOMES } from './domain/outcome.ts';

/** From a lone fsync to the log's own deadline. */
const APPEND_SECONDS_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What is looked up when metrics are read. */
export interface IngestGauges {
  readonly queueRecords: () => number;
  readonly queueRecordsMax: number;
  /** Wall time of the newest acknowledged knock in seconds; 0 before the first. */
  readonly lastKnockSeconds: () => number;
  readonly credentialsAreCurrent: () => boolean;
}

export interface IngestMetrics {
  readonly count: (outcome: Outcome) => void;
  readonly appended: (durationMs: DurationMs) => void;
}

/**
 * Heartbeats are counted in plain numbers and handed over when metrics are read: a labelled counter costs per
 * heartbeat.
 */
const registerOutcomes = (registry: Registry): ((outcome: Outcome) => void) => {
  const counts = new Map<Outcome, number>(OUTCOMES.map((outcome) => [outcome, 0]));
  const counter: Counter<'outcome'> = new Counter({
    name: 'earshot_ingest_heartbeats_total',
    help: 'Requests to the heartbeat path, by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
    collect: () => {
      counter.reset();
      for (const [outcome, count] of counts) counter.inc({ outcome }, count);
    },
  });
  return (outcome) => void counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
};

const registerGauge = (registry: Registry, name: string, gauge: { help: string; value: () => number }): void => {
  const registered: Gauge = new Gauge({
    name: `earshot_ingest_${name}`,
    help: gauge.help,
    registers: [registry],
    collect: () => registered.set(gauge.value()),
  });
};

/** Registers the ingest's metrics, every label combination at 0. A registry takes them once. */
export const createIngestMetrics = (registry: Registry, gauges: IngestGauges): IngestMetrics => {
  const count = registerOutcomes(registry);
  const duration = new Histogram({
    name: 'earshot_ingest_append_duration_seconds',
    help: 'Time from giving a group of records to the log to its answer.',
    buckets: APPEND_SECONDS_BUCKETS,
    registers: [registry],
  });
  registerGauge(registry, 'queue_records', {
    help: 'Records accepted and not yet answered by the log.',
    value: gauges.queueRecords,
  });
  registerGauge(registry, 'queue_limit_records', {
    help: 'Records that may wait; beyond it heartbeats are refused.',
    value: () => gauges.queueRecordsMax,
  });
  registerGauge(registry, 'last_knock_timestamp_seconds', {
    help: 'When every partition last acknowledged a knock of this ingest; 0 before the first.',
    value: gauges.lastKnockSeconds,
  });
  registerGauge(registry, 'credentials_current', {
    help: '1 while the table of credentials is current.',
    value: () => (gauges.credentialsAreCurrent() ? 1 : 0),
  });
  return { count, appended: (durationMs) => duration.observe(durationMs / 1_000) };
};

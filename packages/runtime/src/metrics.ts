import { collectDefaultMetrics, Registry } from 'prom-client';

/** Node's own metrics that we leave out: a series for each of its inner spaces and handle types, which differ by version. */
const LEFT_OUT = [
  'nodejs_heap_space_size_total_bytes',
  'nodejs_heap_space_size_used_bytes',
  'nodejs_heap_space_size_available_bytes',
  'nodejs_active_resources',
  'nodejs_active_handles',
  'nodejs_active_requests',
];
const GC_SECONDS = [0.01, 0.1, 1];

/** The metrics of one process, with those of Node itself. Never the client library's global registry. */
export const createMetricsRegistry = (): Registry => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, gcDurationBuckets: GC_SECONDS });
  for (const name of LEFT_OUT) registry.removeSingleMetric(name);
  return registry;
};

export type { Registry as MetricsRegistry } from 'prom-client';

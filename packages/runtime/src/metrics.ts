import { collectDefaultMetrics, Registry } from 'prom-client';

/** The metrics of one process, with those of Node itself. Never the client library's global registry. */
export const createMetricsRegistry = (): Registry => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
};

export type { Registry as MetricsRegistry } from 'prom-client';

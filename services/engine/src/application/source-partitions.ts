import { INCIDENTS_TOPIC, REGISTRY_TOPIC, TRANSITIONS_TOPIC } from '@earshot/contracts';
import type { Source } from './catalog.ts';

export const SOURCE_TOPICS: Readonly<Record<Source, string>> = {
  registry: REGISTRY_TOPIC,
  transitions: TRANSITIONS_TOPIC,
  incidents: INCIDENTS_TOPIC,
};

/** One partition of what the catalog is filled from. */
export interface SourcePartition {
  readonly source: Source;
  readonly topic: string;
  readonly partition: number;
}

/** Everything the catalog is filled from, where heartbeats have so many partitions. */
export const sourcePartitions = (partitions: number): readonly SourcePartition[] => {
  const each = (source: Source, count: number): readonly SourcePartition[] =>
    Array.from({ length: count }, (_, partition) => ({ source, topic: SOURCE_TOPICS[source], partition }));
  return [...each('registry', 1), ...each('transitions', partitions), ...each('incidents', partitions)];
};

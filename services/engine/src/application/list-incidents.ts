import { joinSilences, type SilenceDocument } from '../domain/join-silences.ts';
import { type PartitionDocument, presentPartition } from '../domain/observe-partitions.ts';
import type { EngineContext } from './engine-context.ts';

/** A partition about which nothing new can be said now, and why. */
export interface PartitionIncidentDocument {
  readonly id: string;
  readonly kind: 'partition';
  readonly condition: PartitionDocument['condition'];
  readonly partition: PartitionDocument;
}

export type IncidentDocument = SilenceDocument | PartitionIncidentDocument;

/** Where an incident stands in the list: its group, when it began, what tells it from others of that time. */
export type IncidentRank = readonly [group: number, openedAt: string, name: string];

/** Digits of a partition's number, so that names sort as numbers do. */
const PARTITION_DIGITS = 6;

const partitionIncidents = (context: EngineContext): readonly PartitionIncidentDocument[] =>
  context
    .observation()
    .partitions.filter(({ condition }) => condition !== 'listening')
    .map((observation) => ({
      id: `partition/${observation.partition}`,
      kind: 'partition' as const,
      condition: observation.condition,
      partition: presentPartition(observation),
    }));

/** What is the matter now: fleet silences that go on, and partitions that are not heard, unowned, behind or closed. */
export const currentIncidents = (context: EngineContext): readonly IncidentDocument[] => [
  ...context.observation().silences,
  ...partitionIncidents(context),
];

const rankOf = (incident: IncidentDocument): IncidentRank => {
  if (incident.kind === 'partition')
    return [1, '', String(incident.partition.partition).padStart(PARTITION_DIGITS, '0')];
  return [incident.closed_at === null ? 0 : 2, incident.opened_at, incident.id];
};

/** Instants of one length sort as text; the newest come first. */
const isAfter = (rank: IncidentRank, other: IncidentRank): boolean => {
  if (rank[0] !== other[0]) return rank[0] > other[0];
  return rank[1] === other[1] ? rank[2] > other[2] : rank[1] < other[1];
};

export interface IncidentsPage {
  readonly incidents: readonly IncidentDocument[];
  /** The last one's; null at the end. */
  readonly next: IncidentRank | null;
}

/** Fleet silences that go on, partitions with something the matter, then the silences that are over; the newest first. */
export const listIncidents = (
  context: EngineContext,
  page: { readonly after: IncidentRank | null; readonly limit: number },
): IncidentsPage => {
  const { after, limit } = page;
  const all = [...joinSilences(context.catalog.history.silences(), context.partitions), ...partitionIncidents(context)]
    .map((incident) => ({ incident, rank: rankOf(incident) }))
    .filter(({ rank }) => after === null || isAfter(rank, after))
    .toSorted((a, b) => (isAfter(a.rank, b.rank) ? 1 : -1));
  const shown = all.slice(0, limit);
  return {
    incidents: shown.map(({ incident }) => incident),
    next: all.length > limit ? (shown.at(-1)?.rank ?? null) : null,
  };
};

import type { PartitionEvent } from './liveness-state.ts';
import { toIso } from './time.ts';
import { outageDocument, type OutageDocument } from './transition-document.ts';

/** What happened to a partition as a whole, as the outside sees it. */
export type PartitionEventDocument =
  | {
      readonly event: 'fleet-silence-opened';
      readonly id: string;
      readonly position: number;
      readonly at: string;
      /** Systems late, of systems listed (online and not paused). */
      readonly late: number;
      readonly listed: number;
    }
  | {
      readonly event: 'fleet-silence-closed';
      readonly id: string;
      readonly position: number;
      readonly at: string;
      readonly reason: 'recovered' | 'operator';
      readonly by: string;
      readonly note: string;
    }
  | {
      readonly event: 'outage-recorded';
      readonly id: string;
      readonly position: number;
      readonly at: string;
      readonly outage: OutageDocument;
    };

export const partitionEventDocument = (event: PartitionEvent): PartitionEventDocument => {
  const base = { id: event.id, position: event.position, at: toIso(event.at) };
  switch (event.event) {
    case 'fleet-silence-opened':
      return { event: event.event, ...base, late: event.late, listed: event.listed };
    case 'fleet-silence-closed':
      return { event: event.event, ...base, reason: event.reason, by: event.by, note: event.note };
    case 'outage-recorded':
      return { event: event.event, ...base, outage: outageDocument(event.outage) };
  }
};

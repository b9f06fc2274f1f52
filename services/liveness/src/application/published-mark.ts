import { decodePartitionEvent, decodeTransition, INCIDENTS_TOPIC, TRANSITIONS_TOPIC } from '@earshot/contracts';
import type { EventLog } from '@earshot/event-log';
import type { Publication } from '@earshot/liveness-store';
import { readTail } from './read-once.ts';

/**
 * How far a partition has been published. Publishing goes in order (position, then system_id), so whatever is not above the
 * highest one found was published before, by whoever owned the partition then.
 */
export interface PublishedMark {
  readonly transitions: { readonly position: number; readonly systemId: string };
  /** Newest position of which events are published, and which of it are. */
  readonly events: { readonly position: number; readonly ids: ReadonlySet<string> };
}

/**
 * Enough to find the highest one even after a former owner, slow to notice that it was one, has published an outbox again behind
 * it: an outbox holds what a few commits made, and a commit makes at most some thousands.
 */
const TAIL_POSITIONS_MAX = 50_000;

/** Reads the mark from the tails of the transitions and incidents partitions. */
export const readPublishedMark = async (log: EventLog, partition: number): Promise<PublishedMark> => {
  let transitions = { position: -1, systemId: '' };
  let events = { position: -1, ids: new Set<string>() };
  const tail = { partition, positionsMax: TAIL_POSITIONS_MAX };
  await readTail(log, { ...tail, topic: TRANSITIONS_TOPIC }, (record) => {
    const decoded = record.value === null ? null : decodeTransition(record.value);
    if (decoded === null || !('value' in decoded)) return;
    const { position, system_id: systemId } = decoded.value;
    if (position > transitions.position || (position === transitions.position && systemId > transitions.systemId)) {
      transitions = { position, systemId };
    }
  });
  await readTail(log, { ...tail, topic: INCIDENTS_TOPIC }, (record) => {
    const decoded = record.value === null ? null : decodePartitionEvent(record.value);
    if (decoded === null || !('value' in decoded)) return;
    const { id, position } = decoded.value;
    if (position > events.position) events = { position, ids: new Set([id]) };
    else if (position === events.position) events.ids.add(id);
  });
  return { transitions, events };
};

/** Whether a publication was published before the mark was read. */
export const isPublished = (mark: PublishedMark, publication: Publication): boolean => {
  switch (publication.kind) {
    case 'event':
      return publication.position < mark.events.position || mark.events.ids.has(publication.event.id);
    case 'retirement':
      return publication.position <= mark.transitions.position;
    case 'transition':
      return (
        publication.position < mark.transitions.position ||
        (publication.position === mark.transitions.position &&
          publication.transition.systemId <= mark.transitions.systemId)
      );
  }
};

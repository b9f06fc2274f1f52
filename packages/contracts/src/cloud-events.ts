import type { PartitionEvent, Transition } from './liveness-state.ts';
import { partitionEventDocument, type PartitionEventDocument } from './partition-event-document.ts';
import { transitionDocument, type TransitionDocument } from './transition-document.ts';

/** CloudEvents 1.0, structured JSON: how transitions and partition events are published. */
export interface CloudEvent<T> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: T;
}

const TRANSITION_TYPES = {
  online: 'io.earshot.system.online.v1',
  offline: 'io.earshot.system.offline.v1',
} as const;
const PARTITION_EVENT_TYPES = {
  'fleet-silence-opened': 'io.earshot.fleet-silence.opened.v1',
  'fleet-silence-closed': 'io.earshot.fleet-silence.closed.v1',
  'outage-recorded': 'io.earshot.outage.recorded.v1',
} as const;

/** `/earshot/<log id>/partitions/<n>`. */
export const eventSource = (logId: string, partition: number): string => `/earshot/${logId}/partitions/${partition}`;

/** What every event has, from what differs. */
const encode = <T extends { readonly id: string }>(
  data: T,
  about: { readonly source: string; readonly type: string; readonly subject: string; readonly time: string },
): string => {
  const { source, type, subject, time } = about;
  const event: CloudEvent<T> = {
    specversion: '1.0',
    id: data.id,
    source,
    type,
    subject,
    time,
    datacontenttype: 'application/json',
    data,
  };
  return JSON.stringify(event);
};

/** The value of a transitions record; its key is the system_id. */
export const encodeTransition = (transition: Transition, source: string): string => {
  const data: TransitionDocument = transitionDocument(transition);
  return encode(data, { source, type: TRANSITION_TYPES[data.to], subject: data.system_id, time: data.occurred_at });
};

/** The value of an incidents record; its key is the event's id. */
export const encodePartitionEvent = (partitionEvent: PartitionEvent, source: string): string => {
  const data: PartitionEventDocument = partitionEventDocument(partitionEvent);
  return encode(data, { source, type: PARTITION_EVENT_TYPES[data.event], subject: data.id, time: data.at });
};

import {
  encodePartitionEvent,
  encodeTransition,
  eventSource,
  INCIDENTS_TOPIC,
  TRANSITIONS_TOPIC,
} from '@earshot/contracts';
import type { EventLog, NewRecord } from '@earshot/event-log';
import type { Publication } from '@earshot/liveness-store';
import { retry, type RetryOptions } from './retry.ts';

/** Records one append carries at most, so that a mass transition does not make one huge request. */
const APPEND_RECORDS_MAX = 500;

export interface PublishTarget {
  readonly log: EventLog;
  readonly partition: number;
  readonly logId: string;
  readonly retry: RetryOptions;
}

const toRecord = (publication: Publication, target: PublishTarget): NewRecord => {
  const { partition } = target;
  const source = eventSource(target.logId, partition);
  switch (publication.kind) {
    case 'transition': {
      const { transition } = publication;
      return {
        topic: TRANSITIONS_TOPIC,
        partition,
        key: transition.systemId,
        value: encodeTransition(transition, source),
      };
    }
    case 'event': {
      const { event } = publication;
      return { topic: INCIDENTS_TOPIC, partition, key: event.id, value: encodePartitionEvent(event, source) };
    }
    case 'retirement':
      return { topic: TRANSITIONS_TOPIC, partition, key: publication.systemId, value: null };
  }
};

/**
 * Appends what is to be published, in order and at least once (S3): what was not taken is offered again, together with
 * everything behind it, so that the order holds.
 */
export const publish = async (target: PublishTarget, publications: readonly Publication[]): Promise<void> => {
  let taken = 0;
  while (taken < publications.length) {
    const offered = publications.slice(taken, taken + APPEND_RECORDS_MAX).map((item) => toRecord(item, target));
    await retry(target.retry, async () => {
      const outcomes = await target.log.append(offered);
      const failed = outcomes.find((outcome) => 'error' in outcome);
      if (failed !== undefined && 'error' in failed) throw failed.error;
    });
    taken += offered.length;
  }
};

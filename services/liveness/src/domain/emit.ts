import type { EpochMs, Evidence, PartitionEvent, SystemState } from '@earshot/contracts';
import type { Partition } from './partition.ts';
import type { Row } from './systems/system-table.ts';

/** An event but for what every event has. */
type EventContent<T = PartitionEvent> = T extends PartitionEvent ? Omit<T, 'id' | 'position' | 'at'> : never;

/** Something happened to the partition as a whole. */
export const emitEvent = ({ partition, time, effects }: Partition, content: EventContent): void => {
  const { position, now } = time;
  effects.addEvent({ id: `${partition}/${position}/${content.event}`, position, at: now, ...content });
};

/** One change of a system's state, as it is decided. */
export interface Change {
  readonly from: SystemState;
  readonly to: 'online' | 'offline';
  readonly occurredAt: EpochMs;
  readonly evidence: Evidence;
}

/** G6: the next transition of the system's registration. */
export const emitTransition = ({ time, systems, effects }: Partition, row: Row, change: Change): void => {
  const sequence = systems.sequence(row) + 1;
  systems.setSequence(row, sequence);
  const systemId = systems.id(row);
  effects.addTransition({
    id: `${time.position}/${systemId}`,
    position: time.position,
    systemId,
    fleet: systems.fleet(row),
    registration: systems.registration(row),
    sequence,
    decidedAt: time.now,
    ...change,
  });
};

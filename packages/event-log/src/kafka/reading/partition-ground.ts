import { EventLogError, type PartitionBounds } from '../../port/index.ts';
import { pause, type Clock } from '../client/clock.ts';
import { positionFault } from './position-fault.ts';

export interface GroundOptions {
  /** Topic and partition, for messages. */
  readonly place: string;
  readonly partition: number;
  /** Of the partitions of the topic that have a leader, asked for at the call. */
  readonly bounds: () => Promise<readonly PartitionBounds[]>;
  readonly clock: Clock;
}

/** Where a partition begins and ends now, as the brokers have it. */
export interface PartitionGround {
  /** Rejects with EventLogError. */
  bounds(): Promise<PartitionBounds>;
  /** Asks until the brokers answer, or null when it is over. Rejects with what will not pass by itself. */
  awaitBounds(isOver: () => boolean): Promise<PartitionBounds | null>;
  /** Why the position cannot be read, given that the bounds were these: it may rest on records that came after them. */
  fault(position: number, bounds: PartitionBounds): Promise<EventLogError | null>;
}

/** Between two questions while the brokers do not answer. */
const PAUSE_MS = 500;

export const createPartitionGround = ({ place, partition, bounds, clock }: GroundOptions): PartitionGround => {
  const ask = async (): Promise<PartitionBounds> => {
    const mine = (await bounds()).find((each) => each.partition === partition);
    if (mine !== undefined) return mine;
    throw new EventLogError('EARSHOT_LOG_UNAVAILABLE', `Bounds of ${place} are not known.`);
  };
  return {
    bounds: ask,
    awaitBounds: async (isOver) => {
      while (!isOver()) {
        try {
          return await ask();
        } catch (error) {
          if (!isPassing(error)) throw error;
        }
        await pause(clock, PAUSE_MS);
      }
      return null;
    },
    fault: async (position, known) =>
      positionFault(place, position, known) === null ? null : positionFault(place, position, await ask()),
  };
};

/** What the brokers may answer differently in a moment. */
const isPassing = (error: unknown): boolean =>
  error instanceof EventLogError && (error.code === 'EARSHOT_LOG_UNAVAILABLE' || error.code === 'EARSHOT_LOG_TIMEOUT');

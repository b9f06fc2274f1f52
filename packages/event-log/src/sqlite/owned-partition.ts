import { EventLogError, type OwnershipHandler, type PartitionBounds } from '../port/index.ts';
import { startDelivery, type Delivery } from './delivery.ts';
import { checkedPosition, positionFault, type RecordSource } from './record-source.ts';
import { toEventLogError } from './sqlite-failure.ts';
import type { Stream } from './stream.ts';

/** One partition in one member's hands. */
export interface OwnedPartition {
  /** Asks for the position again and delivers from there. */
  restart(): void;
  /** Tells the handler that it is over; resolves when none of its calls is running. */
  revoke(): Promise<void>;
}

/**
 * Gives a partition to a handler, once `free` (whoever had it before is done with it). Calls of `assigned` and `records` never
 * overlap: each round waits for the one before.
 */
export const takePartition = (
  { source, stream, handler }: { source: RecordSource; stream: Stream; handler: OwnershipHandler },
  free: Promise<void>,
): OwnedPartition => {
  const { partition } = stream;
  let round = 0;
  let isRevoked = false;
  let delivery: Delivery | null = null;
  let done = free;

  const failed = (error: EventLogError): void => handler.failed(partition, error);

  const askForPosition = async (bounds: PartitionBounds): Promise<number> => {
    try {
      return checkedPosition(await handler.assigned(partition, bounds));
    } catch (error) {
      const message = `The handler of ${stream.topic}/${partition} failed when it was assigned.`;
      throw new EventLogError('EARSHOT_LOG_HANDLER_FAILED', message, { cause: error });
    }
  };

  const deliverFrom = async (from: number): Promise<void> => {
    const fault = positionFault(stream, from, source.bounds(stream));
    if (fault !== null) throw fault;
    delivery = startDelivery({ source, stream, from, records: (batch) => handler.records(batch), failed });
    await delivery.ended;
  };

  const begin = async (mine: number): Promise<void> => {
    const isOver = (): boolean => isRevoked || mine !== round;
    if (isOver()) return;
    try {
      const from = await askForPosition(source.bounds(stream));
      if (!isOver()) await deliverFrom(from);
    } catch (error) {
      if (!isOver()) failed(toEventLogError(error));
    }
  };

  const endRound = (): number => {
    round += 1;
    delivery?.stop();
    return round;
  };

  const restart = (): void => {
    const mine = endRound();
    done = done.then(() => begin(mine));
  };

  restart();
  return {
    restart,
    revoke: () => {
      isRevoked = true;
      endRound();
      handler.revoked(partition);
      return done;
    },
  };
};

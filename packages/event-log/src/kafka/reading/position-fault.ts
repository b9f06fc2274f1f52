import { EventLogError, type PartitionBounds } from '../../port/index.ts';

/**
 * Why a partition cannot be read from a position (L4), or null if it can. Throws RangeError for what is no position.
 */
export const positionFault = (place: string, position: number, bounds: PartitionBounds): EventLogError | null => {
  if (!Number.isSafeInteger(position)) throw new RangeError(`A position is a whole number, not ${position}.`);
  const { first, end } = bounds;
  if (position < first) {
    return new EventLogError('EARSHOT_LOG_POSITION_EXPIRED', `${place} begins at ${first}, not at ${position}.`, {
      oldest: first,
    });
  }
  if (position > end) {
    return new EventLogError('EARSHOT_LOG_POSITION_BEYOND_END', `${place} ends at ${end}, before ${position}.`, {
      end,
    });
  }
  return null;
};

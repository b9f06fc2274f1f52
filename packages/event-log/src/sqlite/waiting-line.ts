/** Calls that wait together share a transaction, up to this much: bounds how long one keeps the others waiting. */
export const GROUP_RECORDS_MAX = 5_000;
export const GROUP_BYTES_MAX = 4_194_304;

/** What may wait while the disk is slow; beyond it calls are refused at once. Bounds memory. */
const WAITING_RECORDS_MAX = 100_000;
export const WAITING_BYTES_MAX = 67_108_864;

/** What a call weighs. */
export interface Weight {
  readonly recordCount: number;
  readonly bytes: number;
}

/** Calls in the order in which they were made, with a bound on what waits. */
export interface WaitingLine<T extends Weight> {
  /** False if there is no room; one call always has. */
  join(call: T): boolean;
  /** The next calls that share a transaction: at least one, more while they fit; empty if nobody waits. */
  takeGroup(): readonly T[];
  /** False if it does not wait (any more). */
  leave(call: T): boolean;
}

export const createWaitingLine = <T extends Weight>(): WaitingLine<T> => {
  const waiting: T[] = [];
  let recordCount = 0;
  let bytes = 0;

  const take = (from: number, count: number): readonly T[] => {
    const taken = waiting.splice(from, count);
    for (const call of taken) {
      recordCount -= call.recordCount;
      bytes -= call.bytes;
    }
    return taken;
  };

  const groupSize = (): number => {
    let [size, groupRecords, groupBytes] = [0, 0, 0];
    for (const call of waiting) {
      groupRecords += call.recordCount;
      groupBytes += call.bytes;
      if (size > 0 && (groupRecords > GROUP_RECORDS_MAX || groupBytes > GROUP_BYTES_MAX)) break;
      size += 1;
    }
    return size;
  };

  return {
    join: (call) => {
      const isOver = recordCount + call.recordCount > WAITING_RECORDS_MAX || bytes + call.bytes > WAITING_BYTES_MAX;
      if (waiting.length > 0 && isOver) return false;
      waiting.push(call);
      recordCount += call.recordCount;
      bytes += call.bytes;
      return true;
    },
    takeGroup: () => take(0, groupSize()),
    leave: (call) => {
      const place = waiting.indexOf(call);
      return place >= 0 && take(place, 1).length === 1;
    },
  };
};

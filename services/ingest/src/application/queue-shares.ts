import { isAboveFairShare } from '../domain/fair-share.ts';

export interface QueueShares {
  /** Whether the username must not put more into the queue now. */
  isAboveShare(username: string, records: number): boolean;
  entered(username: string): void;
  left(username: string): void;
}

/** Who has how many records in the append queue. Bounded by the queue. */
export const createQueueShares = (recordsMax: number): QueueShares => {
  const recordsOf = new Map<string, number>();
  return {
    isAboveShare: (username, records) =>
      isAboveFairShare({ records, recordsMax, users: recordsOf.size, own: recordsOf.get(username) ?? 0 }),
    entered: (username) => void recordsOf.set(username, (recordsOf.get(username) ?? 0) + 1),
    left: (username) => {
      const rest = (recordsOf.get(username) ?? 0) - 1;
      if (rest > 0) recordsOf.set(username, rest);
      else recordsOf.delete(username);
    },
  };
};

import { type LivenessStore, LivenessStoreError } from '@earshot/liveness-store';

/** What goes wrong with the next calls. */
export type StoreFault =
  /** Refuses; nothing is changed. */
  | 'refuse'
  /** Does what was asked, and the answer is lost. */
  | 'lose-answer';

/** A store whose writes can be made to fail, around a real one. */
export interface FaultyStore extends LivenessStore {
  /** The next `times` writes (commits, rewrites, markings) fail in this way. */
  failNext(fault: StoreFault, times: number): void;
  /** Writes are like this until told otherwise; null: they work. */
  failAlways(fault: StoreFault | null): void;
  /** Publications cannot be marked as published, while everything else works. */
  failMarking(fails: boolean): void;
}

const refusal = (fault: StoreFault): LivenessStoreError =>
  new LivenessStoreError('EARSHOT_STORE_UNAVAILABLE', `a test's fault: ${fault}`);

/** Puts faults between a caller and a real store. Reads are never touched. */
export const createFaultyStore = (store: LivenessStore): FaultyStore => {
  let next: { readonly fault: StoreFault; times: number } | undefined;
  let always: StoreFault | null = null;
  let marking = true;

  const faultNow = (): StoreFault | null => {
    if (next === undefined || next.times === 0) return always;
    next.times -= 1;
    return next.fault;
  };
  const write = async <T>(operation: () => Promise<T>): Promise<T> => {
    const fault = faultNow();
    if (fault === null) return operation();
    if (fault === 'lose-answer') await operation();
    throw refusal(fault);
  };
  return {
    load: (partition) => store.load(partition),
    commit: (commit) => write(() => store.commit(commit)),
    rewrite: (part) => write(() => store.rewrite(part)),
    markPublished: (partition, position) => {
      if (!marking) return Promise.reject(refusal('refuse'));
      return write(() => store.markPublished(partition, position));
    },
    readPartitions: () => store.readPartitions(),
    readSystems: (partition, systemIds) => store.readSystems(partition, systemIds),
    scanSystems: (partition, cursor, limit) => store.scanSystems(partition, cursor, limit),
    readLate: (partition) => store.readLate(partition),
    close: () => store.close(),
    failNext: (fault, times) => {
      next = { fault, times };
    },
    failAlways: (fault) => {
      always = fault;
    },
    failMarking: (fails) => {
      marking = !fails;
    },
  };
};

import type { DurationMs } from '@earshot/contracts';

/**
 * The keys of one partition. All carry the same hash tag, so that a cluster keeps them on one node and takes a commit
 * as one script.
 */
export interface PartitionKeys {
  /** Hash: position, state, and what else there is once per partition. */
  readonly partition: string;
  /** Hash: packed row by system_id. */
  readonly systems: string;
  /** Set: names of the `seen` indexes there are. */
  readonly ttls: string;
  /** Stream: publications not yet marked, `<position>-<n>`. */
  readonly outbox: string;
  /** Set: listed systems whose open time is written in their row, as it does not follow from their since. */
  readonly explicit: string;
  /** String that ends by itself: who works on the partition. */
  readonly owner: string;
  /** Sorted set, score = since: the listed systems of one ttl, by its name. */
  readonly seen: (ttlName: string) => string;
}

/** `{prefix}{p}:...` */
export const partitionKeys = (prefix: string, partition: number): PartitionKeys => {
  const of = `${prefix}{${partition}}:`;
  return {
    partition: `${of}partition`,
    systems: `${of}systems`,
    ttls: `${of}ttls`,
    outbox: `${of}outbox`,
    explicit: `${of}explicit`,
    owner: `${of}owner`,
    seen: (ttlName) => `${of}seen:${ttlName}`,
  };
};

const MILLISECONDS = 'ms';

/** A ttl as part of a key: whole seconds as they are (`1500`), anything else in milliseconds (`1500250ms`). */
export const ttlName = (ttlMs: DurationMs): string =>
  ttlMs % 1_000 === 0 ? String(ttlMs / 1_000) : `${ttlMs}${MILLISECONDS}`;

/** The ttl of a name that `ttlName` made; NaN for any other. */
export const ttlOfName = (name: string): DurationMs =>
  name.endsWith(MILLISECONDS) ? Number(name.slice(0, -MILLISECONDS.length)) : Number(name) * 1_000;

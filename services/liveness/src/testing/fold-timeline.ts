import type {
  EpochMs,
  HeartbeatRecord,
  HeartbeatTopicRecord,
  KnockRecord,
  PartitionEvent,
  ReleaseRecord,
  SystemRecord,
  Transition,
} from '@earshot/contracts';
import { createPartitionFold } from '../domain/create-partition-fold.ts';
import type { FoldEffects, FoldRecord, PartitionFold } from '../domain/partition-fold.ts';

/** The ttl of every system that a timeline says nothing else about: small, so that timelines are. */
export const TTL = 60_000;

/** The instant at which timelines begin; like the epoch, long after 0. */
export const START = 1_000_000_000;

/**
 * A story told to a fold, record by record: for tests. Each call folds one record at the instant given and answers
 * its effects. Positions and knock numbers count up by themselves.
 */
export interface Timeline {
  readonly fold: PartitionFold;
  /** All that came of the story so far. */
  readonly transitions: readonly Transition[];
  readonly events: readonly PartitionEvent[];
  /** The story so far. */
  readonly records: readonly FoldRecord[];
  heartbeat(systemId: string, at: EpochMs, members?: Partial<HeartbeatRecord>): FoldEffects;
  knock(ingest: string, at: EpochMs, members?: Partial<KnockRecord>): FoldEffects;
  change(systemId: string, at: EpochMs, members?: Partial<SystemRecord>): FoldEffects;
  release(at: EpochMs, members?: Partial<ReleaseRecord>): FoldEffects;
  unreadable(at: EpochMs): FoldEffects;
  /** Ingest `i1` knocks once a second, the last time at `to`. */
  listen(from: EpochMs, to: EpochMs): void;
  /** The fold is stopped and made anew from what it would have stored. */
  restart(): void;
}

export const timeline = (fold: PartitionFold = createPartitionFold(7)): Timeline => {
  const transitions: Transition[] = [];
  const events: PartitionEvent[] = [];
  const records: FoldRecord[] = [];
  const numbers = new Map<string, number>();
  let folding = fold;

  const tell = (key: string | null, appendedAt: EpochMs, record: HeartbeatTopicRecord | null): FoldEffects => {
    const told = { position: folding.position + 1, appendedAt, key, record };
    records.push(told);
    const effects = folding.fold(told);
    transitions.push(...effects.transitions);
    events.push(...effects.events);
    return effects;
  };
  const knock: Timeline['knock'] = (ingest, at, members = {}) => {
    const n = members.n ?? (numbers.get(ingest) ?? 0) + 1;
    numbers.set(ingest, n);
    return tell(null, at, { type: 'knock', ingest, ...members, n });
  };
  return {
    get fold() {
      return folding;
    },
    transitions,
    events,
    records,
    knock,
    heartbeat: (systemId, at, members = {}) => tell(systemId, at, { type: 'heartbeat', ttl_ms: TTL, ...members }),
    change: (systemId, at, members = {}) => tell(systemId, at, { type: 'system', ttl_ms: TTL, ...members }),
    release: (at, members = {}) => tell(null, at, { type: 'release', ...members }),
    unreadable: (at) => tell(null, at, null),
    listen: (from, to) => {
      for (let at = from; at < to; at += 1_000) knock('i1', at);
      knock('i1', to);
    },
    restart: () => {
      folding = restarted(folding);
    },
  };
};

/** A fold made from what this one would have stored: its state and, in the least convenient order, its systems. */
export const restarted = (fold: PartitionFold): PartitionFold =>
  createPartitionFold(fold.partition, { state: fold.state(), systems: [...fold.rows()].toReversed() });

/** Transitions in short: `a online 1`. */
export const inShort = ({ transitions }: Pick<FoldEffects, 'transitions'>): readonly string[] =>
  transitions.map(({ systemId, to, sequence }) => `${systemId} ${to} ${sequence}`).toSorted();

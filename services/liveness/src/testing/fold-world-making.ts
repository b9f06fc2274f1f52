import type { DurationMs, EpochMs, HeartbeatTopicRecord } from '@earshot/contracts';
import type { FoldRecord } from '../domain/partition-fold.ts';
import type { SeededRandom } from './seeded-random.ts';

/** What kind of world it is: who lives there, and how often things go wrong. */
export interface Climate {
  readonly systems: number;
  readonly ttls: readonly DurationMs[];
  /** Everything happens at multiples of it: coarse time makes sums of open time meet their bounds exactly. */
  readonly grainMs: DurationMs;
  /** Distances of knocks. */
  readonly cadences: readonly DurationMs[];
  /** Multiplies the chance of every fault of an ingest. */
  readonly faults: number;
  /** Chance that a knock comes just too late: time is open in pieces only. */
  readonly choppiness: number;
  /** Changes of the registry in a minute, about. */
  readonly changes: number;
  /** Share of heartbeats after which a system is silent for more than its ttl. */
  readonly quiet: number;
  readonly clockSteps: boolean;
  readonly massSilence: boolean;
  /**
   * Heartbeats bring revisions the registry never had, and the clock leaps by more than an hour: beyond what may be
   * relied on.
   */
  readonly isLawless: boolean;
}

/** A system's settings at one revision. */
export interface Entry {
  readonly ttlMs: DurationMs;
  readonly fleet: string;
  readonly paused: boolean;
  readonly retired: boolean;
  readonly revision: number;
}

export interface Sender {
  readonly systemId: string;
  /** Bounds of its usual distance between heartbeats, in ttls. */
  readonly pace: readonly [number, number];
  /** What the registry says now, and what it has ever said. */
  entry: Entry;
  readonly entries: Entry[];
  lastSeen: EpochMs;
  /** Number of the newest plan; older ones are void. */
  plan: number;
}

export interface Ingest {
  readonly id: string;
  readonly cadenceMs: DurationMs;
  n: number;
  /** When it says goodbye; null while it stays. */
  leavesAt: EpochMs | null;
}

/** Something that happens at a time of the world, and may plan what follows. */
interface Plan {
  readonly at: EpochMs;
  readonly act: () => void;
}

/** A world while it is being made. */
export interface Making {
  readonly random: SeededRandom;
  readonly climate: Climate;
  readonly records: FoldRecord[];
  readonly senders: Sender[];
  readonly ingests: Set<Ingest>;
  plans: Plan[];
  /** The world's own time, and how far the log's clock is ahead of it. */
  time: EpochMs;
  offset: DurationMs;
  /** Newest log time since the clock was last set back. */
  newest: EpochMs;
  /** Newest revision of the registry. */
  revision: number;
  ingestsBorn: number;
}

export const plan = (m: Making, inMs: DurationMs, act: () => void): void => {
  const { grainMs } = m.climate;
  m.plans.push({ at: Math.ceil((m.time + Math.max(0, Math.round(inMs))) / grainMs) * grainMs, act });
};

/** Lets the earliest plan happen; those of one instant happen in any order. */
export const happen = (m: Making): void => {
  const at = Math.min(...m.plans.map((each) => each.at));
  const next = m.random.pick(m.plans.filter((each) => each.at === at));
  m.plans = m.plans.filter((each) => each !== next);
  m.time = at;
  next.act();
};

/** Writes a record; positions have gaps, and what is not a knock may be stamped a little late. */
export const append = (m: Making, key: string | null, record: HeartbeatTopicRecord | null): void => {
  const gap = m.random.chance(0.1) ? m.random.whole(1, 40) : 0;
  const wobble = record?.type !== 'knock' && m.random.chance(0.03) ? m.random.whole(1, 4_999) : 0;
  const appendedAt = Math.max(0, m.time + m.offset - wobble);
  m.newest = Math.max(m.newest, appendedAt);
  m.records.push({ position: (m.records.at(-1)?.position ?? -1) + 1 + gap, appendedAt, key, record });
};

import type { DurationMs, EpochMs } from '@earshot/contracts';
import type { SilenceDocument } from '../domain/join-silences.ts';
import type { PartitionObservation } from '../domain/observe-partitions.ts';
import type { LaneTotals } from '../domain/system-query.ts';
import type { FleetTotals } from './catalog.ts';

/** Fleets that have a series of their own in the metrics; the rest is summed up. */
export const METERED_FLEETS_MAX = 10;

/** All that is answered without asking anybody, as one turn of the observation loop saw it. Never changed, only replaced. */
export interface Observation {
  /**
   * What is answered is true up to here: the oldest proven time of all partitions, as it was when the catalog had last everything
   * that the log had. Null while a partition was never heard, or the catalog never had everything.
   */
  readonly asOf: EpochMs | null;
  /** The oldest proven time of all partitions as the projection shows it; null while one has never been heard. */
  readonly proven: EpochMs | null;
  /** Unreachable: the rest is what was seen last. */
  readonly projection: 'reachable' | 'unreachable';
  /** For how long the catalog has lacked something that the log has. */
  readonly catalogLackingMs: DurationMs;
  readonly partitions: readonly PartitionObservation[];
  readonly totals: LaneTotals;
  readonly late: number;
  readonly held: number;
  /** By id, those of each partition that have been silent longest; bounded by the projection's READ_SYSTEMS_MAX. */
  readonly lateSystems: readonly string[];
  readonly heldSystems: readonly string[];
  readonly largestFleets: readonly FleetTotals[];
  /** Fleet silences that go on. */
  readonly silences: readonly SilenceDocument[];
}

/** What holds before the first turn. */
export const nothingObserved = (partitions: number): Observation => ({
  asOf: null,
  proven: null,
  projection: 'unreachable',
  catalogLackingMs: 0,
  partitions: Array.from({ length: partitions }, (_, partition) => ({
    partition,
    condition: 'rebuilding',
    seen: null,
    behindMs: null,
    behindRecords: null,
  })),
  totals: { systems: 0, unseen: 0, online: 0, offline: 0, paused: 0 },
  late: 0,
  held: 0,
  lateSystems: [],
  heldSystems: [],
  largestFleets: [],
  silences: [],
});

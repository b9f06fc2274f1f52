import type {
  CredentialEntry,
  EpochMs,
  FleetEntry,
  OutageDocument,
  TokenEntry,
  TransitionDocument,
  UnreadableReason,
} from '@earshot/contracts';
import type { LogRecord } from '@earshot/event-log';
import type { RegistryEntries, Versioned } from '@earshot/registry';
import type { EnteredSettings } from '../domain/entered-settings.ts';
import type { PartitionSilence } from '../domain/join-silences.ts';
import type { KnownSystem, LaneTotals, RowKey, SystemFilter, SystemOrder } from '../domain/system-query.ts';

/** The topics a catalog follows. */
export type Source = 'registry' | 'transitions' | 'incidents';

/** Rows one look into the catalog examines at most: about 5 ms. The caller lets others run in between. */
export const SCAN_ROWS_MAX = 2_000;

export interface SystemScan {
  readonly filter: SystemFilter;
  readonly order: SystemOrder;
  /** The row examined last; null at the beginning. */
  readonly after: RowKey | null;
  /** Matching rows wanted. */
  readonly limit: number;
}

export interface Scanned<T> {
  readonly rows: readonly T[];
  /** Where to go on; null when everything was examined. There may be fewer rows than wanted and more to examine. */
  readonly next: RowKey | null;
}

/** What the projection said about a system in a rolling pass. */
export interface SeenSystem {
  readonly systemId: string;
  readonly lastSeen: EpochMs | null;
  readonly offlineAt: EpochMs | null;
}

export interface TransitionScan {
  readonly systemIds: readonly string[];
  /** Empty: both. */
  readonly to: readonly ('online' | 'offline')[];
  /** Occurred at or after, and before; null where there is no bound. */
  readonly from: EpochMs | null;
  readonly until: EpochMs | null;
  readonly after: RowKey | null;
  readonly limit: number;
}

export interface OutageScan {
  readonly partitions: readonly number[];
  /** Overlapping this stretch. */
  readonly from: EpochMs | null;
  readonly until: EpochMs | null;
  readonly after: RowKey | null;
  readonly limit: number;
}

export interface RecordedOutage {
  readonly id: string;
  readonly partition: number;
  readonly outage: OutageDocument;
}

export interface FleetTotals {
  readonly fleet: string;
  readonly totals: LaneTotals;
}

/** Where a source is to be read on. */
export interface SourcePosition {
  readonly position: number;
  /** Wall time at which something of it was last taken in or found to be complete. */
  readonly at: EpochMs;
}

export interface UnreadableRecord {
  readonly position: number;
  readonly reason: UnreadableReason;
}

/**
 * The engine's directory of systems and their history: filled from the log, thrown away and filled again when it cannot be
 * continued. Everything is synchronous and bounded. What is taken in twice changes nothing. Operating errors throw CatalogError.
 */
export interface Catalog {
  /** Differs between catalogs whose rows are numbered differently. */
  identity(): string;
  readonly registry: RegistryEntries & {
    token(sha256: string): TokenEntry | null;
    systemCredentials(systemId: string): readonly CredentialEntry[] | null;
    /** Fleets by name, after the one given. */
    fleetsAfter(name: string, limit: number): readonly Versioned<FleetEntry>[];
  };
  readonly systems: {
    /** Null for one that is not known or retired. */
    find(systemId: string): KnownSystem | null;
    scan(scan: SystemScan): Scanned<KnownSystem>;
    /** Never per system: sums kept with every change. */
    totals(): LaneTotals;
    totalsOf(fleet: string): LaneTotals;
    /** Largest first. */
    largestFleets(limit: number): readonly FleetTotals[];
    refresh(seen: readonly SeenSystem[]): void;
    /** Systems that registered themselves and are not entered yet, by row number. */
    unentered(afterNumber: number, limit: number): readonly Pick<KnownSystem, 'number' | 'systemId' | 'fleet'>[];
    /** Paused ones, by row number. */
    paused(afterNumber: number, limit: number): readonly Pick<KnownSystem, 'number' | 'systemId'>[];
    /** What the registry says of these systems, in no particular order; ones without an entry are left out. */
    entered(systemIds: readonly string[]): readonly EnteredSettings[];
    /** Paused until an instant that has come. */
    overduePauses(now: EpochMs, limit: number): readonly { readonly systemId: string; readonly revision: number }[];
  };
  readonly history: {
    /** Newest first. */
    transitions(scan: TransitionScan): Scanned<TransitionDocument>;
    outages(scan: OutageScan): Scanned<RecordedOutage>;
    /** At most SILENCES_MAX, the newest. */
    silences(): readonly PartitionSilence[];
    /** Takes a bounded number of what is older than this away; true: there is more. The newest transition of a system stays. */
    forgetBefore(at: EpochMs): boolean;
  };
  readonly sources: {
    /** Null: nothing of it was taken in yet. */
    position(source: Source, partition: number): SourcePosition | null;
    /** Takes records in, and notes where to go on, in one step. Answers what could not be read, and was passed over. */
    apply(source: Source, partition: number, records: readonly LogRecord[]): readonly UnreadableRecord[];
    /** Everything before this position is in. */
    noteReached(source: Source, partition: number, position: number): void;
  };
  /** False once something in it turned out to be unreadable; from then on nothing is read or written until `reset`. */
  isReadable(): boolean;
  /** Empties it, under a new identity; what cannot be read is set aside. Where that fails it may be tried again. */
  reset(): void;
  close(): void;
}

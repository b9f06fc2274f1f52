import type { IgnoredReason, PartitionFold } from '../domain/partition-fold.ts';
import type { UnreadableReason } from '@earshot/contracts';
import type { EventLog } from '@earshot/event-log';
import type { LivenessStore, Publication } from '@earshot/liveness-store';
import type { Clock, Logger } from '@earshot/runtime';

/** What liveness counts about itself. */
export interface LivenessObserver {
  unreadable(reason: UnreadableReason): void;
  ignored(reason: IgnoredReason): void;
  commitOutcome(outcome: 'accepted' | 'superseded' | 'rewritten'): void;
  /** A commit with these publications has become visible to readers. */
  committed(fold: PartitionFold, publications: readonly Publication[]): void;
}

/** What every owner of a partition works with. */
export interface LivenessContext {
  readonly log: EventLog;
  readonly store: LivenessStore;
  /** Heartbeats topic and its number of partitions. */
  readonly topic: string;
  readonly partitions: number;
  /** Names the log in everything published. */
  readonly logId: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** For what may happen with every record or every retry: said at most once a second. */
  readonly warnSparsely: (fields: object, message: string) => void;
  readonly metrics: LivenessObserver;
  /** A random name for one ownership. */
  readonly newOwnerName: () => string;
}

import { OUTAGE_CAUSES, type OutageCause, UNREADABLE_REASONS } from '@earshot/contracts';
import type { Publication } from '@earshot/liveness-store';
import type { Clock, MetricsRegistry } from '@earshot/runtime';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { LivenessObserver } from './application/liveness-context.ts';
import type { IgnoredReason, PartitionFold } from './domain/partition-fold.ts';

const IGNORED_REASONS: readonly IgnoredReason[] = ['other_fleet', 'retired', 'stale_revision', 'repeated_knock'];
const COMMIT_OUTCOMES = ['accepted', 'superseded', 'rewritten'] as const;
const DETECTION_DELAY_SECONDS = [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 1_800];
const MS_PER_SECOND = 1_000;
/** An online that follows an offline of the same system within this log time had its heartbeat under way when it was decided. */
const REFUTED_WITHIN_MS = 1_000;
/** Offlines remembered in order to notice a refutation. */
const REMEMBERED_OFFLINES_MAX = 20_000;

export interface LivenessMetrics extends LivenessObserver {
  /** Records between what was folded and the log's end. */
  lag(partition: number, records: number): void;
}

/** Offlines decided a moment ago: what a heartbeat already under way may still refute. */
const createRefutations = (): ((publication: Publication) => boolean) => {
  const decidedAt = new Map<string, number>();
  return (publication) => {
    if (publication.kind !== 'transition') return false;
    const { systemId, to, decidedAt: at } = publication.transition;
    if (to === 'offline') {
      if (decidedAt.size >= REMEMBERED_OFFLINES_MAX) decidedAt.clear();
      decidedAt.set(systemId, at);
      return false;
    }
    const offlineAt = decidedAt.get(systemId);
    decidedAt.delete(systemId);
    return offlineAt !== undefined && at - offlineAt <= REFUTED_WITHIN_MS;
  };
};

/** How closed time grew since the partition was last looked at, by partition. */
const createUnheard = (): ((fold: PartitionFold) => { readonly cause: OutageCause; readonly ms: number } | null) => {
  const closedMs = new Map<number, number>();
  return (fold) => {
    const { proven, open, ledger } = fold.state();
    const closed = proven - open;
    const before = closedMs.get(fold.partition);
    closedMs.set(fold.partition, closed);
    const cause = ledger.at(-1)?.cause;
    return before === undefined || cause === undefined || closed <= before ? null : { cause, ms: closed - before };
  };
};

const defineGauges = (registers: MetricsRegistry[]) => ({
  proven: new Gauge({
    name: 'earshot_liveness_proven_timestamp_seconds',
    help: 'Log time proven so far.',
    labelNames: ['partition'] as const,
    registers,
  }),
  open: new Gauge({
    name: 'earshot_liveness_partition_open',
    help: '1 while we provably listen to the partition.',
    labelNames: ['partition'] as const,
    registers,
  }),
  lag: new Gauge({
    name: 'earshot_liveness_lag_records',
    help: 'Records not folded yet.',
    labelNames: ['partition'] as const,
    registers,
  }),
});

const counter = <T extends string>(
  registers: MetricsRegistry[],
  metric: { readonly name: string; readonly help: string },
  label: { readonly name: T; readonly values: readonly string[] },
): Counter<T> => {
  const made = new Counter<T>({ ...metric, labelNames: [label.name], registers });
  for (const value of label.values) made.inc({ [label.name]: value } as Partial<Record<T, string>>, 0);
  return made;
};

const defineCounters = (registers: MetricsRegistry[]) => ({
  unheard: counter(
    registers,
    { name: 'earshot_liveness_unheard_seconds_total', help: 'Log time in which we did not provably listen.' },
    { name: 'cause', values: OUTAGE_CAUSES },
  ),
  transitions: counter(
    registers,
    { name: 'earshot_liveness_transitions_total', help: 'Transitions that became visible.' },
    { name: 'to', values: ['online', 'offline'] },
  ),
  commits: counter(
    registers,
    { name: 'earshot_liveness_commits_total', help: 'Commits to the projection.' },
    { name: 'outcome', values: COMMIT_OUTCOMES },
  ),
  unreadable: counter(
    registers,
    { name: 'earshot_liveness_unreadable_records_total', help: 'Records that no schema fits.' },
    { name: 'reason', values: UNREADABLE_REASONS },
  ),
  ignored: counter(
    registers,
    { name: 'earshot_liveness_ignored_records_total', help: 'Records that can be read and change nothing.' },
    { name: 'reason', values: IGNORED_REASONS },
  ),
  refuted: new Counter({
    name: 'earshot_liveness_refuted_offlines_total',
    help: 'Offlines refuted by a heartbeat already under way; should stay 0.',
    registers,
  }),
  delay: new Histogram({
    name: 'earshot_liveness_detection_delay_seconds',
    help: 'From a system being due to its offline being visible.',
    buckets: DETECTION_DELAY_SECONDS,
    registers,
  }),
});

/** What liveness tells about itself; every series but the partitions' exists from the start. */
export const createLivenessMetrics = (registry: MetricsRegistry, clock: Clock): LivenessMetrics => {
  const { proven, open, lag } = defineGauges([registry]);
  const { unheard, transitions, commits, unreadable, ignored, refuted, delay } = defineCounters([registry]);
  const isRefuted = createRefutations();
  const unheardSince = createUnheard();

  const observeTransition = (publication: Publication): void => {
    if (publication.kind !== 'transition') return;
    const { to, evidence } = publication.transition;
    transitions.inc({ to });
    if (isRefuted(publication)) refuted.inc();
    if (to !== 'offline' || evidence.rule !== 'contiguous') return;
    const due = Math.max(evidence.since, evidence.openSince) + evidence.ttlMs + evidence.heldMs;
    delay.observe(Math.max(0, clock.wallNow() - due) / MS_PER_SECOND);
  };
  return {
    unreadable: (reason) => unreadable.inc({ reason }),
    ignored: (reason) => ignored.inc({ reason }),
    commitOutcome: (outcome) => commits.inc({ outcome }),
    committed: (fold, publications) => {
      const partition = String(fold.partition);
      const state = fold.state();
      proven.set({ partition }, state.proven / MS_PER_SECOND);
      open.set({ partition }, state.proven > state.openSince ? 1 : 0);
      const closed = unheardSince(fold);
      if (closed !== null) unheard.inc({ cause: closed.cause }, closed.ms / MS_PER_SECOND);
      publications.forEach(observeTransition);
    },
    lag: (partition, records) => lag.set({ partition: String(partition) }, records),
  };
};

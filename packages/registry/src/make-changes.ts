import {
  AUDIT_TOPIC,
  type DurationMs,
  encodeHeartbeatTopicRecord,
  type EpochMs,
  HEARTBEATS_TOPIC,
  partitionOf,
  REGISTRY_TOPIC,
} from '@earshot/contracts';
import type { AppendOutcome, EventLog, NewRecord } from '@earshot/event-log';
import type { AuditRecord } from './audit-record.ts';
import type { ChangedEntry, ChangeJob } from './change-job.ts';
import type { Decided } from './decision.ts';
import { answerWithin } from './registry-clock.ts';
import type { LogRegistryWriterOptions } from './writer-options.ts';

/** How long the log may take to say where it ends. */
const ENDS_DEADLINE_MS: DurationMs = 5_000;

interface Pending {
  readonly job: ChangeJob;
  readonly decided: Decided<ChangedEntry>;
}
interface Entered extends Pending {
  readonly revision: number;
}

const unavailable = (job: ChangeJob): void => job.refuse({ reason: 'unavailable' });

/** Decides what the caller of each job is told, or leaves it to be made. */
const decideAll = async (jobs: readonly ChangeJob[]): Promise<readonly Pending[]> => {
  const decideOne = async (job: ChangeJob): Promise<readonly Pending[]> => {
    try {
      const decision = await job.decide();
      if ('decided' in decision) return [{ job, decided: decision.decided }];
      job.refuse(decision.refused);
    } catch (error) {
      job.fail(error);
    }
    return [];
  };
  return (await Promise.all(jobs.map(decideOne))).flat();
};

const registryRecord = ({ decided }: Pending): NewRecord => ({
  topic: REGISTRY_TOPIC,
  partition: 0,
  key: decided.key,
  value: decided.entry === null ? null : JSON.stringify(decided.entry),
});

const systemRecords = ({ decided, revision }: Entered, partitions: number): readonly NewRecord[] =>
  decided.notice === null
    ? []
    : [
        {
          topic: HEARTBEATS_TOPIC,
          partition: partitionOf(decided.notice.systemId, partitions),
          key: decided.notice.systemId,
          value: encodeHeartbeatTopicRecord({ ...decided.notice.record, revision }),
        },
      ];

type Append = (records: readonly NewRecord[]) => Promise<readonly AppendOutcome[]>;

/**
 * One outcome per record; the first error is told, the others are most likely the same one. No records: the log is not
 * asked.
 */
const createAppend =
  (log: EventLog, onError: (error: unknown) => void): Append =>
  async (records) => {
    const outcomes = records.length === 0 ? [] : await log.append(records);
    const firstError = outcomes.find((outcome) => 'error' in outcome)?.error;
    if (firstError !== undefined) onError(firstError);
    return outcomes;
  };

/** Puts what is new into the registry; those already there keep their revision. */
const enterAll = async (append: Append, pending: readonly Pending[]): Promise<readonly Entered[]> => {
  const fresh = pending.filter(({ decided }) => decided.standsAt === null);
  const outcomes = await append(fresh.map(registryRecord));
  const revisions = new Map<ChangeJob, number>();
  for (const [index, { job }] of fresh.entries()) {
    const outcome = outcomes[index];
    if (outcome !== undefined && 'position' in outcome) revisions.set(job, outcome.position);
  }
  return pending.flatMap((one) => {
    const revision = one.decided.standsAt ?? revisions.get(one.job);
    if (revision === undefined) unavailable(one.job);
    return revision === undefined ? [] : [{ ...one, revision }];
  });
};

/** Tells the fold what it must know, and then the callers. */
const tellAll = async (append: Append, partitions: number, entered: readonly Entered[]): Promise<void> => {
  const told = entered.map((one) => ({ one, records: systemRecords(one, partitions) }));
  const outcomes = await append(told.flatMap(({ records }) => records));
  let index = 0;
  for (const { one, records } of told) {
    const hasFailed = outcomes.slice(index, index + records.length).some((outcome) => 'error' in outcome);
    index += records.length;
    if (hasFailed) unavailable(one.job);
    else one.job.finish(one.revision);
  }
};

const auditRecord = ({ job, decided, revision }: Entered, at: EpochMs): AuditRecord => ({
  type: 'change',
  at,
  by: job.by,
  action: decided.action,
  subject: decided.key,
  revision,
});

/**
 * The way of one batch of changes: where does the registry end, is everything before it known, what is decided,
 * registry, known again, fold, answers, audit. Every job is settled when it resolves; those a step fails for are told
 * `unavailable`.
 */
export const createChangeMaker = (
  options: LogRegistryWriterOptions,
): ((jobs: readonly ChangeJob[]) => Promise<void>) => {
  const { log, entries, partitions, clock, isWriter } = options;
  const onError = options.onError ?? (() => undefined);
  const append = createAppend(log, onError);

  const isKnownUpTo = async (findEnd: () => Promise<number> | number): Promise<boolean> => {
    try {
      await entries.reached(await findEnd());
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  };
  const registryEnd = async (): Promise<number> => {
    const bounds = await answerWithin(clock, ENDS_DEADLINE_MS, log.ends(REGISTRY_TOPIC));
    return bounds[0]?.end ?? 0;
  };
  const auditAll = async (entered: readonly Entered[]): Promise<void> => {
    const changes = entered
      .filter(({ decided }) => decided.standsAt === null)
      .map((one) => auditRecord(one, clock.wallNow()));
    for (const change of changes) options.onChange?.(change);
    await append(
      changes.map((change) => ({ topic: AUDIT_TOPIC, partition: 0, key: null, value: JSON.stringify(change) })),
    );
  };
  return async (jobs) => {
    if (!isWriter() || !(await isKnownUpTo(registryEnd))) return jobs.forEach(unavailable);
    const pending = await decideAll(jobs);
    /** Deciding may have taken its time, and another process may be the writer by now. */
    if (!isWriter()) return pending.forEach(({ job }) => unavailable(job));
    const entered = await enterAll(append, pending);
    const end = Math.max(0, ...entered.map(({ revision }) => revision + 1));
    if (await isKnownUpTo(() => end)) await tellAll(append, partitions, entered);
    else entered.forEach(({ job }) => unavailable(job));
    await auditAll(entered);
  };
};

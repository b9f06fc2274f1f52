import type { EpochMs, PartitionState, SystemRow } from '@earshot/contracts';
import { createPartitionFold } from './create-partition-fold.ts';
import { openNotBefore } from './lose-ground.ts';
import { EMPTY_STATE } from './partition.ts';
import type { KnownSystem, RebuildPartitionFold } from './partition-fold.ts';

/** The first record that will be folded. */
type LogStart = Parameters<RebuildPartitionFold>[1];

/**
 * S4: a fold for a partition that has no projection. Every system counts as last heard when the retained log starts:
 * later than it was, so verdicts come later, never falsely; those already published are not given again.
 */
export const rebuildPartitionFold: RebuildPartitionFold = (partition, start, known) =>
  createPartitionFold(partition, {
    state: { ...EMPTY_STATE, position: start.position - 1, ...closedAtStart(start) },
    systems: rowsOf(known, start.appendedAt),
  });

/** Where the log begins with its very first record, nobody can have listened before. */
const closedAtStart = ({ position, appendedAt }: LogStart): Pick<PartitionState, 'openSince' | 'ledger'> => {
  if (position === 0) return { openSince: EMPTY_STATE.openSince, ledger: EMPTY_STATE.ledger };
  const openSince = openNotBefore(appendedAt);
  return { openSince, ledger: [{ from: appendedAt, to: openSince, cause: 'records_lost', ingest: '' }] };
};

const rowsOf = function* (known: Iterable<KnownSystem>, startAt: EpochMs): Generator<SystemRow> {
  for (const system of known) yield rowOf(system, startAt);
};

const rowOf = ({ published, ...system }: KnownSystem, startAt: EpochMs): SystemRow => ({
  systemId: system.systemId,
  fleet: system.fleet,
  ttlMs: system.ttlMs,
  ttlRevision: system.revision,
  revision: system.revision,
  registration: published?.registration ?? system.revision,
  state: published?.state ?? 'unseen',
  paused: system.paused,
  retiredAt: system.retired ? startAt : null,
  lastSeen: published === null ? null : startAt,
  since: startAt,
  openAt: EMPTY_STATE.open,
  sequence: published?.sequence ?? 0,
  mutedTo: system.mutedTo,
  credential: '',
});

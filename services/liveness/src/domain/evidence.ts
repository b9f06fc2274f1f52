import type { Evidence, VerdictRule } from '@earshot/contracts';
import { dueAfter } from './silence/deadlines.ts';
import { dueAt } from './silence/due-queue.ts';
import type { Partition } from './partition.ts';
import { instantOrNull } from './systems/system-row.ts';
import type { Row } from './systems/system-table.ts';

/** What a system coming online rests on: a heartbeat, which needs no evidence. */
export const onlineEvidence = (partition: Partition, row: Row): Evidence => evidence(partition, row, null);

/** G11: the actual inputs of an offline decision. */
export const offlineEvidence = (partition: Partition, row: Row): Evidence => {
  const { systems, time, hold } = partition;
  const silent = time.proven - Math.max(systems.since(row), time.openSince);
  const isContiguous = silent >= dueAfter(systems.ttl(row), hold.isOn);
  return evidence(partition, row, isContiguous ? 'contiguous' : 'accumulated');
};

const evidence = (partition: Partition, row: Row, rule: VerdictRule | null): Evidence => {
  const { systems, time, hold, ledger } = partition;
  return {
    lastSeen: instantOrNull(systems.lastSeen(row)),
    since: systems.since(row),
    ttlMs: systems.ttl(row),
    proven: time.proven,
    openSince: time.openSince,
    // `openAt` is an upper bound and may be ahead of what is counted.
    openMs: Math.max(0, time.open - systems.openAt(row)),
    rule,
    outages: ledger.since(systems.lastSeen(row)),
    hold: hold.state,
    heldMs: rule === null ? 0 : heldMs(partition, row),
  };
};

/**
 * From the instant at which the system would have been due without any hold, of the stretch that is open now, until
 * proven; 0 if no hold was on between.
 */
const heldMs = (partition: Partition, row: Row): number => {
  const { systems, time, hold } = partition;
  const unheldDueAt = dueAt(partition, row, systems.ttl(row));
  return hold.wasOnBetween(unheldDueAt, time.proven) ? time.proven - unheldDueAt : 0;
};

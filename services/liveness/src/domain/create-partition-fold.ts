import type { HeartbeatTopicRecord } from '@earshot/contracts';
import type { CreatePartitionFold, FoldRecord, IgnoredReason, PartitionFold } from './partition-fold.ts';
import { release } from './fleet-silence.ts';
import { hearKnock } from './knock.ts';
import { loseGround } from './lose-ground.ts';
import { EMPTY_STATE, type Partition, partitionState, restorePartition } from './partition.ts';
import { isSetBack, setBack } from './set-back.ts';
import { change, systemChange } from './system-change.ts';
import { systemRow } from './systems/system-row.ts';
import { NONE } from './systems/system-table.ts';
import { touch } from './touch.ts';

/** Makes a fold: empty, or continuing from what a projection has stored, as if it had never stopped (G7). */
export const createPartitionFold: CreatePartitionFold = (partition, stored) =>
  foldOf(restorePartition(partition, stored?.state ?? EMPTY_STATE, stored?.systems ?? []));

const foldOf = (partition: Partition): PartitionFold => {
  const { time, systems, census, changes, effects, work } = partition;
  return {
    partition: partition.partition,
    get position() {
      return time.position;
    },
    get now() {
      return time.now;
    },
    get proven() {
      return time.proven;
    },
    get changedCount() {
      return changes.count;
    },
    get operations() {
      return work.operations;
    },
    fold: (record) => effects.take(foldRecord(partition, record)),
    loseGround: (oldest, settings) => {
      loseGround(partition, oldest, settings);
      return effects.take(null);
    },
    takeChanges: () => changes.take(),
    state: () => partitionState(partition),
    counts: () => census.counts(),
    *rows() {
      for (const row of systems.rows()) yield systemRow(systems, row);
    },
    row: (systemId) => {
      const row = systems.find(systemId);
      return row === NONE ? null : systemRow(systems, row);
    },
  };
};

/** The fold: state and record in, state and effects out. */
const foldRecord = (partition: Partition, { position, appendedAt, key, record }: FoldRecord): IgnoredReason | null => {
  const { time } = partition;
  if (position <= time.position) throw new Error(`record ${position} comes after ${time.position}`);
  time.position = position;
  if (record?.type === 'knock' && isSetBack(time.now, appendedAt)) setBack(partition, appendedAt); // T5
  time.now = Math.max(time.now, appendedAt); // T2
  return record === null ? null : apply(partition, key, record);
};

const apply = (partition: Partition, key: string | null, record: HeartbeatTopicRecord): IgnoredReason | null => {
  switch (record.type) {
    case 'heartbeat':
      return key === null ? null : touch(partition, key, record);
    case 'system':
      return key === null ? null : change(partition, key, systemChange(record));
    case 'knock':
      return hearKnock(partition, record);
    case 'release':
      release(partition, record);
      return null;
  }
};

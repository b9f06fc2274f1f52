import type { PartitionState, SystemRow } from '@earshot/contracts';
import {
  type CommitOutcome,
  isHeld,
  isLate,
  type LateSystem,
  type PartitionCommit,
  type PartitionRewrite,
  type PartitionView,
  type Publication,
  type StoredPartition,
} from '../port/index.ts';

interface ModelPartition {
  /** Null while it is rewritten. */
  position: number | null;
  owner: string;
  state: PartitionState;
  endSeen: number;
  committedAt: number;
  readonly systems: Map<string, SystemRow>;
  outbox: readonly Publication[];
}

/** The port in its simplest form: what every adapter must equal. */
export interface ModelStore {
  load(partition: number): StoredPartition | null;
  commit(commit: PartitionCommit): CommitOutcome;
  rewrite(part: PartitionRewrite): CommitOutcome;
  markPublished(partition: number, position: number): void;
  readPartitions(): readonly PartitionView[];
  readLate(partition: number): readonly LateSystem[];
  /** A model that goes its own way from here. */
  copy(): ModelStore;
}

const silentSystems = (partition: ModelPartition): readonly LateSystem[] =>
  [...partition.systems.values()]
    .toSorted((one, other) => one.since - other.since)
    .map((row) => ({ systemId: row.systemId, late: isLate(row, partition.state), held: isHeld(row, partition.state) }))
    .filter(({ late, held }) => late || held);

export const createModelStore = (partitions: Map<number, ModelPartition> = new Map()): ModelStore => {
  const storedPosition = (partition: number): number | null => partitions.get(partition)?.position ?? null;
  const stored = (partition: number): ModelPartition | null =>
    storedPosition(partition) === null ? null : (partitions.get(partition) ?? null);
  const write = (
    content: Omit<PartitionCommit, 'expected'>,
    isNew: boolean,
    position: number | null,
  ): CommitOutcome => {
    const before = isNew ? undefined : partitions.get(content.partition);
    const systems = before?.systems ?? new Map<string, SystemRow>();
    for (const { row } of content.systems) systems.set(row.systemId, row);
    for (const systemId of content.removed) systems.delete(systemId);
    const outbox = [...(before?.outbox ?? []), ...content.publications];
    const { owner, state, endSeen, committedAt } = content;
    partitions.set(content.partition, { position, owner, state, endSeen, committedAt, systems, outbox });
    return { accepted: true };
  };
  return {
    load: (partition) => {
      const found = stored(partition);
      return found && { state: found.state, systems: [...found.systems.values()], outbox: found.outbox };
    },
    commit: (commit) => {
      const position = storedPosition(commit.partition);
      if (position !== commit.expected) return { accepted: false, stored: position };
      return write(commit, position === null, commit.state.position);
    },
    rewrite: (part) => {
      const found = partitions.get(part.partition);
      const isOurs = found?.position === null && found.owner === part.owner;
      if (!part.first && !isOurs) return { accepted: false, stored: storedPosition(part.partition) };
      return write(part, part.first, part.last ? part.state.position : null);
    },
    markPublished: (partition, position) => {
      const found = partitions.get(partition);
      if (found !== undefined) found.outbox = found.outbox.filter((publication) => publication.position > position);
    },
    readPartitions: () =>
      [...partitions.keys()]
        .toSorted((one, other) => one - other)
        .flatMap((partition) => {
          const found = stored(partition);
          if (found === null) return [];
          const { state, owner, endSeen, committedAt } = found;
          const silent = silentSystems(found);
          const late = silent.filter((system) => system.late).length;
          const held = silent.filter((system) => system.held).length;
          return [{ partition, state, owner, endSeen, committedAt, late, held }];
        }),
    readLate: (partition) => {
      const found = stored(partition);
      return found === null ? [] : silentSystems(found);
    },
    copy: () =>
      createModelStore(
        new Map(
          [...partitions].map(([number, partition]) => [number, { ...partition, systems: new Map(partition.systems) }]),
        ),
      ),
  };
};

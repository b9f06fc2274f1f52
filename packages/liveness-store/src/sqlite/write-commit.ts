import type { CommitOutcome, PartitionCommit, PartitionRewrite } from '../port/index.ts';
import { integerOrNullOf, textOf } from './columns.ts';
import type { Projection } from './projection.ts';
import type { Slices } from './slices.ts';
import type { SystemTables } from './system-tables.ts';
import { writeSystems } from './write-systems.ts';

/** What is stored of a partition: nothing, a position, or the mark of the owner that is rewriting it. */
interface Found {
  readonly position: number | null;
  readonly rewriter: string | null;
}

const find = (projection: Projection, partition: number): Found => {
  const columns = projection.findPartition.get(partition);
  if (columns === undefined) return { position: null, rewriter: null };
  const position = integerOrNullOf(columns, 'position');
  return { position, rewriter: position === null ? textOf(columns, 'owner') : null };
};

/** Drops whatever is stored of the partition, the remains of a rewrite included. */
const beginAnew = (projection: Projection, partition: number): SystemTables => {
  const tables = projection.createSystems(partition);
  tables.removeAll.run();
  projection.withdraw.run(partition, Number.MAX_SAFE_INTEGER);
  return tables;
};

/** `position` null marks the partition as being rewritten. */
const writePart = function* (
  projection: Projection,
  tables: SystemTables,
  part: { readonly content: Omit<PartitionCommit, 'expected'>; readonly position: number | null },
): Slices<void> {
  const { content, position } = part;
  yield* writeSystems(tables, content.systems, content.removed);
  for (const publication of content.publications) {
    projection.offer.run(content.partition, publication.position, JSON.stringify(publication));
  }
  const state = position === null ? '' : JSON.stringify(content.state);
  projection.storePartition.run(
    content.partition,
    position,
    content.owner,
    content.endSeen,
    content.committedAt,
    state,
  );
};

/** P2: compare and set on the position. Belongs into a transaction. */
export const writeCommit = function* (projection: Projection, commit: PartitionCommit): Slices<CommitOutcome> {
  const { position } = find(projection, commit.partition);
  if (position !== commit.expected) return { accepted: false, stored: position };
  const tables = position === null ? beginAnew(projection, commit.partition) : projection.systems(commit.partition);
  yield* writePart(projection, tables, { content: commit, position: commit.state.position });
  return { accepted: true };
};

/** One part of a rewrite; parts after the first need the mark that the first one left. Belongs into a transaction. */
export const writeRewrite = function* (projection: Projection, part: PartitionRewrite): Slices<CommitOutcome> {
  const found = find(projection, part.partition);
  if (!part.first && found.rewriter !== part.owner) return { accepted: false, stored: found.position };
  const tables = part.first ? beginAnew(projection, part.partition) : projection.systems(part.partition);
  yield* writePart(projection, tables, { content: part, position: part.last ? part.state.position : null });
  return { accepted: true };
};

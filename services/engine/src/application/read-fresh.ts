import { type DurationMs, partitionOf, type SystemRow } from '@earshot/contracts';
import { isHeld, isLate, READ_SYSTEMS_MAX } from '@earshot/liveness-store';
import { withDeadline } from '@earshot/runtime';
import type { FreshSystem } from '../domain/present-system.ts';
import type { EngineContext } from './engine-context.ts';

/** A page waits for the projection no longer than this; then it shows what was known. */
const READ_DEADLINE_MS: DurationMs = 2_000;

type Context = Pick<EngineContext, 'store' | 'clock' | 'partitions' | 'observation'>;

/** What the projection says now about some systems, by id. `reachable` is false when it did not answer in time. */
export interface FreshReading {
  readonly systems: ReadonlyMap<string, FreshSystem>;
  readonly reachable: boolean;
}

const byPartition = (systemIds: readonly string[], partitions: number): ReadonlyMap<number, readonly string[]> =>
  Map.groupBy(systemIds, (systemId) => partitionOf(systemId, partitions));

const chunked = (systemIds: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(systemIds.length / READ_SYSTEMS_MAX) }, (_, index) =>
    systemIds.slice(index * READ_SYSTEMS_MAX, (index + 1) * READ_SYSTEMS_MAX),
  );

const readRows = async (context: Context, partition: number, systemIds: readonly string[]): Promise<SystemRow[]> => {
  const pages = await Promise.all(chunked(systemIds).map((ids) => context.store.readSystems(partition, ids)));
  return pages.flat();
};

/** Rows of at most a page of systems, with the partitions they stand in as observed last. Never rejects. */
export const readFresh = async (context: Context, systemIds: readonly string[]): Promise<FreshReading> => {
  const { clock, partitions } = context;
  const states = new Map(context.observation().partitions.map(({ partition, seen }) => [partition, seen?.state]));
  const systems = new Map<string, FreshSystem>();
  const readPartition = async (partition: number, ids: readonly string[]): Promise<void> => {
    const state = states.get(partition);
    if (state === undefined) return;
    for (const row of await readRows(context, partition, ids)) {
      systems.set(row.systemId, { row, partition: state, late: isLate(row, state), held: isHeld(row, state) });
    }
  };
  try {
    const reads = [...byPartition(systemIds, partitions)].map(([partition, ids]) => readPartition(partition, ids));
    await withDeadline(clock, Promise.all(reads), {
      ms: READ_DEADLINE_MS,
      onLate: () => new Error(`the projection gave no answer within ${READ_DEADLINE_MS} ms`),
    });
    return { systems, reachable: true };
  } catch {
    return { systems: new Map(), reachable: false };
  }
};

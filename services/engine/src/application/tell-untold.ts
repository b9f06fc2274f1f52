import { type DurationMs, partitionOf, type SystemRow } from '@earshot/contracts';
import { type LivenessStore, READ_SYSTEMS_MAX } from '@earshot/liveness-store';
import type { RegistryWriter } from '@earshot/registry';
import { type Clock, createSparseLogger, type Logger } from '@earshot/runtime';
import { type EnteredSettings, isUntold } from '../domain/entered-settings.ts';
import type { Catalog } from './catalog.ts';
import { ENGINE_AUTHOR } from './enter-seen-systems.ts';
import type { Observation } from './observation.ts';

/** Systems told again in one turn, which is a second: what is half-made is rare, and the log has other things to take. */
export const TOLD_PER_TURN_MAX = 50;
/** Nobody is told again sooner: what was told is folded and committed within a second, if anybody works on the partition. */
export const TOLD_AGAIN_MS: DurationMs = 5_000;
/** Systems that wait for their next look; those beyond are found again in the next pass. */
const SUSPECTED_MAX = READ_SYSTEMS_MAX;
/** Paused systems looked at in one turn, going round. */
const PAUSED_PER_TURN_MAX = READ_SYSTEMS_MAX;
const WARNING_PERIOD_MS: DurationMs = 10_000;

export interface UntoldSystems {
  /** Looks at rows of the projection that somebody has read anyway. */
  suspect(rows: readonly SystemRow[]): void;
  /** Tells again those who still differ. They stay suspected until they agree. */
  turn(): Promise<void>;
}

export interface TellUntold {
  readonly catalog: Pick<Catalog, 'systems'>;
  readonly store: Pick<LivenessStore, 'readSystems'>;
  readonly writer: Pick<RegistryWriter, 'changeSystem' | 'retireSystem'>;
  readonly isWriter: () => boolean;
  readonly observation: () => Observation;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Rows of these systems; those whose partition nobody works on are left out, as nobody would hear what it is told. */
const readRows = async (
  { store, observation }: TellUntold,
  systemIds: readonly string[],
): Promise<{ readonly asked: readonly string[]; readonly rows: ReadonlyMap<string, SystemRow> }> => {
  const { partitions } = observation();
  const worked = partitions.filter(({ condition }) => condition !== 'rebuilding' && condition !== 'unowned');
  const isWorked = new Set(worked.map(({ partition }) => partition));
  const byPartition = Map.groupBy(systemIds, (systemId) => partitionOf(systemId, partitions.length));
  const reads = [...byPartition].filter(([partition]) => isWorked.has(partition));
  const rows = await Promise.all(reads.map(([partition, ids]) => store.readSystems(partition, ids)));
  return {
    asked: reads.flatMap(([, ids]) => ids),
    rows: new Map(rows.flat().map((row) => [row.systemId, row])),
  };
};

const untoldAmong = async (options: TellUntold, systemIds: readonly string[]): Promise<readonly EnteredSettings[]> => {
  if (systemIds.length === 0) return [];
  const { asked, rows } = await readRows(options, systemIds);
  return options.catalog.systems
    .entered(asked)
    .filter((entered) => isUntold(entered, rows.get(entered.systemId) ?? null));
};

/**
 * Completes changes that are in the registry and of which the partition was not told: whoever made one was killed between the two.
 * A system that a pass finds different is looked at a second time, a second later, since its row may only not have caught up; then
 * the writer tells it again, which changes nothing where it was told after all. Paused systems are looked at besides the pass, all
 * of them every few seconds unless they are thousands: of a pause a partition has to know before the ttl is over.
 */
export const createUntoldSystems = (options: TellUntold): UntoldSystems => {
  const { catalog, writer, clock, isWriter } = options;
  const warn = createSparseLogger(options.logger, { periodMs: WARNING_PERIOD_MS, monotonicNow: clock.monotonicNow });
  let suspects: ReadonlySet<string> = new Set();
  const toldAt = new Map<string, DurationMs>();
  let pausedAfter = 0;

  const addSuspects = (systemIds: readonly string[]): void => {
    suspects = new Set([...suspects, ...systemIds].slice(0, SUSPECTED_MAX));
  };
  const nextPaused = (): readonly string[] => {
    const found = catalog.systems.paused(pausedAfter, PAUSED_PER_TURN_MAX);
    pausedAfter = found.length < PAUSED_PER_TURN_MAX ? 0 : (found.at(-1)?.number ?? 0);
    return found.map(({ systemId }) => systemId);
  };
  const forgetTold = (): void => {
    for (const [systemId, at] of toldAt) {
      if (clock.monotonicNow() - at >= TOLD_AGAIN_MS) toldAt.delete(systemId);
    }
  };
  /** An entry that has changed since is not touched: whoever changed it has told, or will be found. */
  const tell = async ({ systemId, retired, revision }: EnteredSettings): Promise<string | null> => {
    toldAt.set(systemId, clock.monotonicNow());
    const change = { by: ENGINE_AUTHOR, ifRevision: revision };
    const outcome = await (retired ? writer.retireSystem(systemId, change) : writer.changeSystem(systemId, {}, change));
    return 'refused' in outcome ? outcome.refused.reason : null;
  };
  const tellSome = async (untold: readonly EnteredSettings[]): Promise<void> => {
    forgetTold();
    const told = untold.filter(({ systemId }) => !toldAt.has(systemId)).slice(0, TOLD_PER_TURN_MAX);
    if (told.length === 0) return;
    const refused = (await Promise.all(told.map(tell))).filter((reason) => reason !== null);
    const fields = { systems: told.length, refused: refused.length, reason: refused[0] };
    warn(fields, 'changes of the registry were made in part and are told again');
  };
  return {
    suspect: (rows) => {
      if (!isWriter()) return;
      const byId = new Map(rows.map((row) => [row.systemId, row]));
      const entered = catalog.systems.entered([...byId.keys()]);
      addSuspects(
        entered.filter((one) => isUntold(one, byId.get(one.systemId) ?? null)).map(({ systemId }) => systemId),
      );
    },
    turn: async () => {
      const looked = [...suspects];
      suspects = new Set();
      if (!isWriter()) return;
      const untold = await untoldAmong(options, looked);
      const paused = await untoldAmong(options, nextPaused());
      addSuspects([...untold, ...paused].map(({ systemId }) => systemId));
      await tellSome(untold);
    },
  };
};

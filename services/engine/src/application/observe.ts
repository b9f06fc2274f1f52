import { type DurationMs, HEARTBEATS_TOPIC } from '@earshot/contracts';
import type { EventLog } from '@earshot/event-log';
import type { LateSystem, LivenessStore, PartitionView } from '@earshot/liveness-store';
import { type Clock, withDeadline } from '@earshot/runtime';
import { joinSilences } from '../domain/join-silences.ts';
import { type Motions, observePartitions } from '../domain/observe-partitions.ts';
import type { Catalog } from './catalog.ts';
import { METERED_FLEETS_MAX, nothingObserved, type Observation } from './observation.ts';

/** What a healthy projection or log answers within by far; later it counts as unreachable. */
const ANSWER_DEADLINE_MS: DurationMs = 5_000;

type ProjectionReader = Pick<LivenessStore, 'readPartitions' | 'readLate'>;

export interface ObserverDependencies {
  readonly log: Pick<EventLog, 'ends'>;
  readonly store: ProjectionReader;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly partitions: number;
  /** A whole turn was completed. */
  readonly onCompleted: () => void;
}

export interface Observer {
  /**
   * One turn: what the projection, the log and the catalog say becomes the new observation. Rejects when one of them did not
   * answer; what was seen last then stays, marked as unreachable if it was the projection.
   */
  turn(): Promise<void>;
  readonly current: () => Observation;
  /** Whether the projection was ever read. */
  hasRead(): boolean;
}

interface ProjectionReading {
  readonly views: readonly PartitionView[];
  readonly silent: readonly LateSystem[];
}

const readProjection = async (store: ProjectionReader): Promise<ProjectionReading> => {
  const views = await store.readPartitions();
  const withSilent = views.filter(({ late, held }) => late + held > 0);
  const silent = await Promise.all(withSilent.map(({ partition }) => store.readLate(partition)));
  return { views, silent: silent.flat() };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Looks at everything once a second, so that no request has to. */
export const createObserver = (dependencies: ObserverDependencies): Observer => {
  const { log, store, catalog, clock, partitions } = dependencies;
  let observation = nothingObserved(partitions);
  let motions: Motions = new Map();
  let hasRead = false;

  const answer = <T>(promise: Promise<T>, who: string): Promise<T> =>
    withDeadline(clock, promise, {
      ms: ANSWER_DEADLINE_MS,
      onLate: () => new Error(`${who} gave no answer within ${ANSWER_DEADLINE_MS} ms`),
    });
  /** What the catalog says, however the others do. */
  const catalogPart = (): Pick<Observation, 'totals' | 'largestFleets' | 'silences'> => ({
    totals: catalog.systems.totals(),
    largestFleets: catalog.systems.largestFleets(METERED_FLEETS_MAX),
    silences: joinSilences(catalog.history.silences(), partitions).filter(
      ({ closed_at: closedAt }) => closedAt === null,
    ),
  });
  const readProjectionOrMark = async (): Promise<ProjectionReading> => {
    try {
      return await answer(readProjection(store), 'the projection');
    } catch (error) {
      observation = { ...observation, ...catalogPart(), projection: 'unreachable' };
      throw error;
    }
  };
  const take = ({ views, silent }: ProjectionReading, ends: ReadonlyMap<number, number>): void => {
    const observed = observePartitions(motions, {
      partitions,
      seen: views,
      ends,
      monotonicNow: clock.monotonicNow(),
      wallNow: clock.wallNow(),
    });
    motions = observed.motions;
    hasRead = true;
    observation = {
      asOf: observed.asOf,
      projection: 'reachable',
      partitions: observed.partitions,
      late: sum(views.map((view) => view.late)),
      held: sum(views.map((view) => view.held)),
      lateSystems: silent.filter(({ late }) => late).map(({ systemId }) => systemId),
      heldSystems: silent.filter(({ held }) => held).map(({ systemId }) => systemId),
      ...catalogPart(),
    };
  };
  const turn = async (): Promise<void> => {
    const ending = answer(log.ends(HEARTBEATS_TOPIC), 'the log').then(
      (bounds) => ({ bounds, error: null }),
      (error: unknown) => ({ bounds: [], error }),
    );
    const reading = await readProjectionOrMark();
    const { bounds, error } = await ending;
    take(reading, new Map(bounds.map(({ partition, end }) => [partition, end])));
    if (error !== null) throw error;
    dependencies.onCompleted();
  };
  return { turn, current: () => observation, hasRead: () => hasRead };
};

import { type DurationMs, HEARTBEATS_TOPIC } from '@earshot/contracts';
import type { EventLog } from '@earshot/event-log';
import type { LateSystem, LivenessStore, PartitionView } from '@earshot/liveness-store';
import { type Clock, withDeadline } from '@earshot/runtime';
import type { SourcePlaces } from '../domain/catalog-currency.ts';
import { type Motions, observePartitions } from '../domain/observe-partitions.ts';
import type { Catalog } from './catalog.ts';
import { createCatalogObserver, readSourceEnds } from './observe-catalog.ts';
import { nothingObserved, type Observation } from './observation.ts';

/** What a healthy projection or log answers within by far; later it counts as unreachable. */
const ANSWER_DEADLINE_MS: DurationMs = 5_000;

type ProjectionReader = Pick<LivenessStore, 'readPartitions' | 'readLate'>;

export interface ObserverDependencies {
  readonly log: Pick<EventLog, 'ends'>;
  readonly store: ProjectionReader;
  readonly catalog: Catalog;
  readonly isCatalogComplete: () => boolean;
  readonly clock: Clock;
  readonly partitions: number;
  /** A whole turn was completed. */
  readonly onCompleted: () => void;
}

export interface Observer {
  /**
   * One turn: what the projection, the log and the catalog say becomes the new observation. Rejects when one of them did not
   * answer; what was seen of it last then stays, as what it is: old.
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

interface Ends {
  readonly heartbeats: ReadonlyMap<number, number>;
  /** Null: not known. */
  readonly sources: SourcePlaces | null;
}
const NO_ENDS: Ends = { heartbeats: new Map(), sources: null };

const readEnds = async (log: Pick<EventLog, 'ends'>): Promise<Ends> => {
  const [heartbeats, sources] = await Promise.all([log.ends(HEARTBEATS_TOPIC), readSourceEnds(log)]);
  return { heartbeats: new Map(heartbeats.map(({ partition, end }) => [partition, end])), sources };
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** What a promise gives, or what it failed with. */
const settled = <T>(promise: Promise<T>): Promise<{ readonly value: T | null; readonly error: unknown }> =>
  promise.then(
    (value) => ({ value, error: null }),
    (error: unknown) => ({ value: null, error }),
  );

/** Looks at everything once a second, so that no request has to. */
export const createObserver = (dependencies: ObserverDependencies): Observer => {
  const { log, store, catalog, clock, partitions } = dependencies;
  const catalogObserver = createCatalogObserver({ catalog, partitions, isComplete: dependencies.isCatalogComplete });
  let observation = nothingObserved(partitions);
  let motions: Motions = new Map();
  let hasRead = false;

  const answer = <T>(promise: Promise<T>, who: string) =>
    settled(
      withDeadline(clock, promise, {
        ms: ANSWER_DEADLINE_MS,
        onLate: () => new Error(`${who} gave no answer within ${ANSWER_DEADLINE_MS} ms`),
      }),
    );
  const takeProjection = ({ views, silent }: ProjectionReading, ends: Ends): void => {
    const observed = observePartitions(motions, {
      partitions,
      seen: views,
      ends: ends.heartbeats,
      monotonicNow: clock.monotonicNow(),
      wallNow: clock.wallNow(),
    });
    motions = observed.motions;
    hasRead = true;
    observation = {
      ...observation,
      projection: 'reachable',
      proven: observed.proven,
      partitions: observed.partitions,
      late: sum(views.map((view) => view.late)),
      held: sum(views.map((view) => view.held)),
      lateSystems: silent.filter(({ late }) => late).map(({ systemId }) => systemId),
      heldSystems: silent.filter(({ held }) => held).map(({ systemId }) => systemId),
    };
  };
  const takeCatalog = (ends: Ends): unknown => {
    const monotonicNow = clock.monotonicNow();
    const { part, error } = catalogObserver.look({ monotonicNow, proven: observation.proven, ends: ends.sources });
    observation = { ...observation, ...part };
    return error;
  };
  /** The log is asked after the projection: what led to a proven time is then before the ends that are compared with it. */
  const turn = async (): Promise<void> => {
    const projection = await answer(readProjection(store), 'the projection');
    const end = await answer(readEnds(log), 'the log');
    const ends = end.value ?? NO_ENDS;
    if (projection.value === null) observation = { ...observation, projection: 'unreachable' };
    else takeProjection(projection.value, ends);
    const catalogError = takeCatalog(ends);
    const errors = [projection.error, end.error, catalogError].filter((error) => error !== null);
    if (errors.length > 0) throw errors[0];
    dependencies.onCompleted();
  };
  return { turn, current: () => observation, hasRead: () => hasRead };
};

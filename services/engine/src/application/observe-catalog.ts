import type { DurationMs, EpochMs } from '@earshot/contracts';
import type { EventLog } from '@earshot/event-log';
import {
  type CatalogCurrency,
  followCurrency,
  lackingMs,
  NEVER_CURRENT,
  type SourcePlaces,
} from '../domain/catalog-currency.ts';
import { joinSilences } from '../domain/join-silences.ts';
import type { Catalog } from './catalog.ts';
import { METERED_FLEETS_MAX, type Observation } from './observation.ts';
import { SOURCE_TOPICS, type SourcePartition, sourcePartitions } from './source-partitions.ts';

/** What the catalog counts. */
type Counted = Pick<Observation, 'totals' | 'largestFleets' | 'silences'>;

interface CatalogLook {
  /** What is new in the observation. What could not be counted is left out. */
  readonly part: Pick<Observation, 'asOf' | 'catalogLackingMs'> & Partial<Counted>;
  /** Why the catalog could not be read; null where it could. */
  readonly error: unknown;
}

interface CatalogReading {
  /** Null: it cannot be read. */
  readonly positions: SourcePlaces | null;
  readonly counted: Partial<Counted>;
  readonly error: unknown;
}

export interface CatalogObserver {
  look(at: {
    readonly monotonicNow: DurationMs;
    /** Known before the log was asked where it ends. */
    readonly proven: EpochMs | null;
    /** Null: the log did not say. */
    readonly ends: SourcePlaces | null;
  }): CatalogLook;
}

const placeName = ({ topic, partition }: Omit<SourcePartition, 'source'>): string => `${topic}/${partition}`;

/** Where everything ends now that the catalog is filled from. */
export const readSourceEnds = async (log: Pick<EventLog, 'ends'>): Promise<SourcePlaces> => {
  const topics = Object.values(SOURCE_TOPICS);
  const bounds = await Promise.all(topics.map(async (topic) => ({ topic, each: await log.ends(topic) })));
  return new Map(
    bounds.flatMap(({ topic, each }) =>
      each.map(({ partition, end }): [string, number] => [placeName({ topic, partition }), end]),
    ),
  );
};

/** Tells from look to look how far the catalog can be believed, and what it counts. */
export const createCatalogObserver = (options: {
  readonly catalog: Catalog;
  readonly partitions: number;
  readonly isComplete: () => boolean;
}): CatalogObserver => {
  const { catalog, partitions } = options;
  const sources = sourcePartitions(partitions);
  let currency: CatalogCurrency = NEVER_CURRENT;
  let wasWhole = false;

  const readPositions = (): SourcePlaces =>
    new Map(
      sources.map((source): [string, number] => [
        placeName(source),
        catalog.sources.position(source.source, source.partition)?.position ?? 0,
      ]),
    );
  const count = (): Counted => ({
    totals: catalog.systems.totals(),
    largestFleets: catalog.systems.largestFleets(METERED_FLEETS_MAX),
    silences: joinSilences(catalog.history.silences(), partitions).filter(
      ({ closed_at: closedAt }) => closedAt === null,
    ),
  });
  /** Positions and counts belong together. Filled again, what was counted when it was whole goes on being shown. */
  const read = (isWhole: boolean): CatalogReading => {
    try {
      return { positions: readPositions(), counted: isWhole || !wasWhole ? count() : {}, error: null };
    } catch (error) {
      return { positions: null, counted: {}, error };
    }
  };
  return {
    look: ({ monotonicNow, proven, ends }) => {
      const isWhole = options.isComplete();
      wasWhole ||= isWhole;
      const { positions, counted, error } = read(isWhole);
      const look = ends === null ? null : { at: monotonicNow, proven, ends };
      // What is being filled lacks this and that; how long it has lacked it says nothing.
      currency = isWhole ? followCurrency(currency, { look, positions }) : { proven: currency.proven, awaited: null };
      return {
        part: { ...counted, asOf: currency.proven, catalogLackingMs: lackingMs(currency, monotonicNow) },
        error,
      };
    },
  };
};

import type { EventLog, PartitionBounds } from '@earshot/event-log';
import { EventLogError } from '@earshot/event-log';
import {
  type LivenessStore,
  LivenessStoreError,
  type Publication,
  type StoredPartition,
} from '@earshot/liveness-store';
import type { Logger } from '@earshot/runtime';
import { createPartitionFold } from '../domain/create-partition-fold.ts';
import type { CurrentSettings, PartitionFold } from '../domain/partition-fold.ts';
import { rebuildPartitionFold } from '../domain/rebuild-partition-fold.ts';
import { findRebuildStart } from './find-rebuild-start.ts';
import { type PublishedMark, readPublishedMark } from './published-mark.ts';
import { type PartitionOfLog, readCurrentSettings, readKnownSystems } from './read-known-systems.ts';

/** How an owner found its partition. A closed list: it labels a log field. */
type Ground =
  /** The projection had it: go on where it stands. */
  | 'continued'
  /** The projection had nothing: begin from registry, published transitions and the retained log. */
  | 'rebuilt'
  /** The projection stands before the oldest record retained. */
  | 'lost';

/** A partition ready to be folded. */
export interface LoadedPartition {
  readonly ground: Ground;
  readonly fold: PartitionFold;
  /** Position that the projection has; null: nothing. */
  readonly stored: number | null;
  /** Position of the next record to read. */
  readonly next: number;
  /** The log's end when it was loaded. */
  readonly end: number;
  /** Committed and perhaps not yet published, in order. */
  readonly outbox: readonly Publication[];
  readonly mark: PublishedMark;
  /** Where ground was lost: the registry's settings, to be taken when the oldest record arrives. */
  readonly settings: readonly CurrentSettings[];
}

export interface LoadSources {
  readonly log: EventLog;
  readonly store: LivenessStore;
  readonly topic: string;
  readonly logger: Logger;
}

const continued = async (
  sources: LoadSources,
  of: PartitionOfLog,
  found: { readonly stored: StoredPartition; readonly bounds: PartitionBounds; readonly mark: PublishedMark },
): Promise<LoadedPartition> => {
  const { stored, bounds, mark } = found;
  const position = stored.state.position;
  if (position >= bounds.end) {
    throw new EventLogError(
      'EARSHOT_LOG_POSITION_BEYOND_END',
      `partition ${of.partition}: the projection stands at ${position}, the log ends at ${bounds.end}: they do not belong together. Bring the log back, or remove the projection: it is rebuilt from this log`,
      { end: bounds.end },
    );
  }
  const isLost = position + 1 < bounds.first;
  return {
    ground: isLost ? 'lost' : 'continued',
    fold: createPartitionFold(of.partition, stored),
    stored: position,
    next: Math.max(position + 1, bounds.first),
    end: bounds.end,
    outbox: stored.outbox,
    mark,
    settings: isLost
      ? await readCurrentSettings(sources.log, of, { since: stored.state.now, end: bounds.end, mark })
      : [],
  };
};

const rebuilt = async (
  sources: LoadSources,
  of: PartitionOfLog,
  found: { readonly bounds: PartitionBounds; readonly mark: PublishedMark },
): Promise<LoadedPartition> => {
  const { bounds, mark } = found;
  const known = await readKnownSystems(sources.log, of);
  const { ttlMsLongest } = known;
  const first = await findRebuildStart(sources.log, { topic: sources.topic, bounds, ttlMsLongest });
  const start = { position: first?.position ?? bounds.first, appendedAt: first?.appendedAt ?? 0 };
  return {
    ground: 'rebuilt',
    fold: rebuildPartitionFold(
      of.partition,
      start,
      known.forStretch({ since: start.appendedAt, end: bounds.end, mark }),
    ),
    stored: null,
    next: start.position,
    end: bounds.end,
    outbox: [],
    mark,
    settings: [],
  };
};

/** What cannot be read is as good as lost: the projection is disposable. */
const loadStored = async ({ store, logger }: LoadSources, partition: number): Promise<StoredPartition | null> => {
  try {
    return await store.load(partition);
  } catch (error) {
    if (!(error instanceof LivenessStoreError) || error.code !== 'EARSHOT_STORE_CORRUPT') throw error;
    logger.error({ partition, error }, 'what the projection has of the partition cannot be read; rebuilding it');
    return null;
  }
};

/**
 * Finds the ground an owner stands on (S2, S4). Rejects with EARSHOT_LOG_POSITION_BEYOND_END where projection and log do not
 * belong together, and with the log's or the store's operating errors, after which it may be tried again.
 */
export const loadPartition = async (sources: LoadSources, of: PartitionOfLog): Promise<LoadedPartition> => {
  const bounds = (await sources.log.ends(sources.topic))[of.partition];
  if (bounds === undefined) throw new RangeError(`the log has no partition ${of.partition}`);
  const stored = await loadStored(sources, of.partition);
  const mark = await readPublishedMark(sources.log, of.partition);
  return stored === null ? rebuilt(sources, of, { bounds, mark }) : continued(sources, of, { stored, bounds, mark });
};

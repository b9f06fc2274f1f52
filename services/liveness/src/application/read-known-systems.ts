import {
  decodeRegistryEntry,
  decodeTransition,
  type DurationMs,
  type EpochMs,
  fromIso,
  partitionOf,
  REGISTRY_TOPIC,
  type SystemEntry,
  type TransitionDocument,
  TRANSITIONS_TOPIC,
} from '@earshot/contracts';
import type { EventLog, LogRecord } from '@earshot/event-log';
import type { CurrentSettings, KnownSystem } from '../domain/partition-fold.ts';
import type { PublishedMark } from './published-mark.ts';
import { readTableOnce } from './read-once.ts';

export interface PartitionOfLog {
  readonly partition: number;
  /** How many partitions the log has. */
  readonly partitions: number;
}

/** What a load knows about the stretch of log that will be folded again. */
export interface RefoldedStretch {
  /** Log time at which it begins. */
  readonly since: EpochMs;
  /** The partition's end when it was loaded. */
  readonly end: number;
  readonly mark: PublishedMark;
}

const MS_PER_SECOND = 1_000;
/** Brokers stamp the registry's records and the partition's; their clocks may differ by less than this. */
const CLOCKS_DIFFER_MS_MAX = 60_000;

/** A system's settings with the log time they were entered at. */
interface Entered extends Omit<CurrentSettings, 'mutedTo'> {
  readonly enteredAt: EpochMs;
}

const enteredOf = (entry: SystemEntry, record: LogRecord): Entered => ({
  systemId: entry.system_id,
  fleet: entry.fleet,
  ttlMs: entry.ttl_ms,
  revision: record.position,
  paused: entry.paused,
  retired: entry.retired,
  enteredAt: record.appendedAt,
});

/** Settings of all systems of a partition, as the registry has them now. */
const readEntered = async (
  log: EventLog,
  { partition, partitions }: PartitionOfLog,
): Promise<ReadonlyMap<string, Entered>> => {
  const entered = new Map<string, Entered>();
  await readTableOnce(log, { topic: REGISTRY_TOPIC, partition: 0 }, (record) => {
    const decoded = record.value === null ? null : decodeRegistryEntry(record.value);
    if (decoded === null || !('value' in decoded) || decoded.value.type !== 'system') return;
    const entry = decoded.value;
    if (partitionOf(entry.system_id, partitions) === partition) entered.set(entry.system_id, enteredOf(entry, record));
  });
  return entered;
};

/**
 * Up to where a system is muted. What the registry says now does not tell what it said while the stretch was written: whoever was
 * paused then, or had a longer ttl, would be judged by settings that came later. So where they were entered since, nothing is said
 * about the system up to the end there was: later, never falsely.
 */
const mutedToOf = (system: { readonly systemId: string; readonly enteredAt: EpochMs }, of: RefoldedStretch): number => {
  const { position, systemId: last } = of.mark.transitions;
  const published = system.systemId <= last ? position : position - 1;
  const isNewer = system.enteredAt >= of.since - CLOCKS_DIFFER_MS_MAX;
  return Math.max(published, isNewer ? of.end - 1 : -1);
};

const settingsOf = ({ enteredAt, ...settings }: Entered, of: RefoldedStretch): CurrentSettings => ({
  ...settings,
  mutedTo: mutedToOf({ systemId: settings.systemId, enteredAt }, of),
});

/** Settings for an owner that lost ground (S2). */
export const readCurrentSettings = async (
  log: EventLog,
  of: PartitionOfLog,
  stretch: RefoldedStretch,
): Promise<readonly CurrentSettings[]> =>
  [...(await readEntered(log, of)).values()].map((entered) => settingsOf(entered, stretch));

/** The published transition of the highest position, per system. */
const readPublished = async (log: EventLog, partition: number): Promise<ReadonlyMap<string, TransitionDocument>> => {
  const published = new Map<string, TransitionDocument>();
  await readTableOnce(log, { topic: TRANSITIONS_TOPIC, partition }, (record) => {
    if (record.key === null) return;
    if (record.value === null) {
      published.delete(record.key);
      return;
    }
    const decoded = decodeTransition(record.value);
    if (!('value' in decoded)) return;
    const known = published.get(record.key);
    if (known === undefined || decoded.value.position > known.position) published.set(record.key, decoded.value);
  });
  return published;
};

const publishedOf = (document: TransitionDocument | undefined): KnownSystem['published'] =>
  document === undefined
    ? null
    : {
        position: document.position,
        sequence: document.sequence,
        registration: document.registration,
        state: document.to,
      };

/** A system that registered itself and is not in the registry yet: all there is of it is what was published. */
const selfRegistered = (document: TransitionDocument): Entered => ({
  systemId: document.system_id,
  fleet: document.fleet,
  ttlMs: document.ttl_seconds * MS_PER_SECOND,
  revision: document.registration,
  paused: false,
  retired: false,
  enteredAt: fromIso(document.occurred_at),
});

/** What the log itself knows of a partition's systems. */
export interface KnownToLog {
  /** The longest ttl of any of them; 0 if there is none. */
  readonly ttlMsLongest: DurationMs;
  /** What a rebuild begins with (S4), once it is known from where. */
  forStretch(stretch: RefoldedStretch): readonly KnownSystem[];
}

export const readKnownSystems = async (log: EventLog, of: PartitionOfLog): Promise<KnownToLog> => {
  const entered = await readEntered(log, of);
  const published = await readPublished(log, of.partition);
  const others = [...published.values()].filter(({ system_id: id }) => !entered.has(id)).map(selfRegistered);
  const systems = [...entered.values(), ...others];
  return {
    ttlMsLongest: systems.reduce((longest, { ttlMs }) => Math.max(longest, ttlMs), 0),
    forStretch: (stretch) =>
      systems.map((system) => ({
        ...settingsOf(system, stretch),
        published: publishedOf(published.get(system.systemId)),
      })),
  };
};

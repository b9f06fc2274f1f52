import {
  decodeRegistryEntry,
  decodeTransition,
  partitionOf,
  REGISTRY_TOPIC,
  type SystemEntry,
  type TransitionDocument,
  TRANSITIONS_TOPIC,
} from '@earshot/contracts';
import type { EventLog } from '@earshot/event-log';
import type { CurrentSettings, KnownSystem } from '../domain/partition-fold.ts';
import { readTableOnce } from './read-once.ts';

export interface PartitionOfLog {
  readonly partition: number;
  /** How many partitions the log has. */
  readonly partitions: number;
}

const MS_PER_SECOND = 1_000;

const settingsOf = (entry: SystemEntry, revision: number): CurrentSettings => ({
  systemId: entry.system_id,
  fleet: entry.fleet,
  ttlMs: entry.ttl_ms,
  revision,
  paused: entry.paused,
  retired: entry.retired,
});

/** Settings of all systems of a partition, as the registry has them now. */
export const readCurrentSettings = async (
  log: EventLog,
  { partition, partitions }: PartitionOfLog,
): Promise<ReadonlyMap<string, CurrentSettings>> => {
  const settings = new Map<string, CurrentSettings>();
  await readTableOnce(log, { topic: REGISTRY_TOPIC, partition: 0 }, (record) => {
    const decoded = record.value === null ? null : decodeRegistryEntry(record.value);
    if (decoded === null || !('value' in decoded) || decoded.value.type !== 'system') return;
    const entry = decoded.value;
    if (partitionOf(entry.system_id, partitions) !== partition) return;
    settings.set(entry.system_id, settingsOf(entry, record.position));
  });
  return settings;
};

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

/** Systems that registered themselves and are not in the registry yet: all there is of them is what was published. */
const unregistered = (document: TransitionDocument): KnownSystem => ({
  systemId: document.system_id,
  fleet: document.fleet,
  ttlMs: document.ttl_seconds * MS_PER_SECOND,
  revision: document.registration,
  paused: false,
  retired: false,
  published: publishedOf(document),
});

/** What the log itself knows of a partition's systems: all that a rebuild without projection can begin from (S4). */
export const readKnownSystems = async (log: EventLog, of: PartitionOfLog): Promise<readonly KnownSystem[]> => {
  const settings = await readCurrentSettings(log, of);
  const published = await readPublished(log, of.partition);
  const registered = [...settings.values()].map((system) => ({
    ...system,
    published: publishedOf(published.get(system.systemId)),
  }));
  const others = [...published.values()].filter((document) => !settings.has(document.system_id)).map(unregistered);
  return [...registered, ...others];
};

import type { DurationMs } from '@earshot/contracts';
import type { EventLog } from '@earshot/event-log';
import type { LivenessStore } from '@earshot/liveness-store';
import type { RegistryWriter } from '@earshot/registry';
import type { Clock } from '@earshot/runtime';
import type { Catalog } from './catalog.ts';
import type { Observation } from './observation.ts';

/** What a system or fleet gets when nobody says otherwise. */
export interface EngineDefaults {
  readonly intervalMs: DurationMs;
  readonly ttlMs: DurationMs;
}

/** What the use cases work with. */
export interface EngineContext {
  readonly log: EventLog;
  readonly store: LivenessStore;
  readonly catalog: Catalog;
  readonly writer: RegistryWriter;
  readonly clock: Clock;
  readonly partitions: number;
  readonly defaults: EngineDefaults;
  /** The newest observation. */
  readonly observation: () => Observation;
  /** Whether the catalog has everything the log had when it began to follow it, and can be read; else it is not to be asked. */
  readonly isCatalogComplete: () => boolean;
}

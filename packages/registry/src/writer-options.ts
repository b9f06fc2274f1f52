import type { EventLog } from '@earshot/event-log';
import type { AuditRecord } from './audit-record.ts';
import type { RegistryEntries } from './registry-change.ts';
import type { RegistryClock } from './registry-clock.ts';

export interface LogRegistryWriterOptions {
  readonly log: EventLog;
  readonly entries: RegistryEntries;
  /** Partitions of the heartbeats topic. */
  readonly partitions: number;
  readonly clock: RegistryClock;
  /** Whether this process is the registry's writer now. */
  readonly isWriter: () => boolean;
  /**
   * Whether the projection has the system, and not as retired. Asked only where a system is created that the registry
   * has already; a rejection, or no answer within 5 s, makes the change `unavailable`.
   */
  readonly isKnownToLiveness: (systemId: string) => Promise<boolean>;
  /** One call per change that stands in the registry, also where telling the fold failed. */
  readonly onChange?: ((change: AuditRecord) => void) | undefined;
  /** What went wrong; whoever asked for a change was told `unavailable`. A failed audit record changes no answer. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

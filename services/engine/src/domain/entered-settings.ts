import type { DurationMs, SystemRow } from '@earshot/contracts';

/** What the registry says of a system, as far as its partition has to know it before the next heartbeat. */
export interface EnteredSettings {
  readonly systemId: string;
  readonly ttlMs: DurationMs;
  readonly paused: boolean;
  readonly retired: boolean;
  /** Of the entry. */
  readonly revision: number;
}

/**
 * Whether a partition was not told, or has not taken in yet, what the registry says of a system. One that rests on a newer entry knows
 * better than the reader. `row` is null for a system that the partition does not have: only a pause is of consequence then; a
 * retirement is not, since a partition remembers the retired for a while only.
 */
export const isUntold = (entered: EnteredSettings, row: SystemRow | null): boolean => {
  if (row === null) return entered.paused && !entered.retired;
  if (entered.revision < row.revision) return false;
  if (entered.retired || row.retiredAt !== null) return entered.retired !== (row.retiredAt !== null);
  if (entered.paused !== row.paused) return true;
  return entered.revision >= row.ttlRevision && entered.ttlMs !== row.ttlMs;
};

import type { DurationMs, EpochMs } from '@earshot/contracts';

/**
 * What stands at the log's end is on its way to the catalog for a moment; on its way for longer, the catalog is behind. A few
 * looks long, so that one slow batch of records is none of an operator's business.
 */
export const CATALOG_BEHIND_MS: DurationMs = 3_000;
/** Behind for so long it will hardly catch up by itself, and another engine answers better. Above CATALOG_BEHIND_MS. */
export const CATALOG_STALE_MS: DurationMs = 10_000;

/** A place in each partition of each source the catalog is filled from, by a name of its own. */
export type SourcePlaces = ReadonlyMap<string, number>;

/** Where the sources ended at an instant of the engine's monotonic clock, and the oldest proven time known before they were asked. */
export interface EndsLook {
  readonly at: DurationMs;
  readonly proven: EpochMs | null;
  readonly ends: SourcePlaces;
}

/** How far what the catalog says is true. */
export interface CatalogCurrency {
  /** Proven time at the newest look whose ends the catalog has reached; null: there is none yet. */
  readonly proven: EpochMs | null;
  /** The oldest look whose ends it has not reached since; null: it has everything that was ever looked at. */
  readonly awaited: EndsLook | null;
}

/** Before the first look. */
export const NEVER_CURRENT: CatalogCurrency = { proven: null, awaited: null };

/** A source of which nothing was taken in stands at its beginning. */
const hasReached = (positions: SourcePlaces | null, { ends }: EndsLook): boolean =>
  positions !== null && [...ends].every(([source, end]) => (positions.get(source) ?? 0) >= end);

/**
 * What is known after another look. `look` is null where the log did not say where it ends: nothing new is proven then. `positions`
 * are those of the catalog after the look; null where it cannot be read.
 */
export const followCurrency = (
  before: CatalogCurrency,
  { look, positions }: { readonly look: EndsLook | null; readonly positions: SourcePlaces | null },
): CatalogCurrency => {
  if (look !== null && hasReached(positions, look)) return { proven: look.proven, awaited: null };
  const { awaited } = before;
  if (awaited === null) return { proven: before.proven, awaited: look };
  return hasReached(positions, awaited) ? { proven: awaited.proven, awaited: look } : before;
};

/** For how long the catalog has lacked something that the log had; 0 when it lacks nothing that is known of. */
export const lackingMs = ({ awaited }: CatalogCurrency, monotonicNow: DurationMs): DurationMs =>
  awaited === null ? 0 : Math.max(0, monotonicNow - awaited.at);

import { ACCUMULATED_TTLS, HOLD_EXTRA_MS_MAX, LATE_DENOMINATOR, LATE_NUMERATOR } from '@earshot/contracts';
import type { DurationMs } from '@earshot/contracts';

/** Silence after which a system is late (V5). Rounded up, which for whole milliseconds is the exact comparison. */
export const lateAfter = (ttl: DurationMs): DurationMs => Math.ceil((ttl * LATE_NUMERATOR) / LATE_DENOMINATOR);

/**
 * Contiguous open silence after which a system is due (V2): its ttl, and under a hold once more as much, up to a
 * bound (V5).
 */
export const dueAfter = (ttl: DurationMs, isHeld: boolean): DurationMs =>
  isHeld ? ttl + Math.min(ttl, HOLD_EXTRA_MS_MAX) : ttl;

/** Open time in pieces that does the same as one contiguous stretch of `contiguous` (V2). */
export const accumulatedDueAfter = (contiguous: DurationMs): DurationMs => ACCUMULATED_TTLS * contiguous;

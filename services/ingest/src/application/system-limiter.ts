import type { DurationMs } from '@earshot/contracts';
import { REFILL_MS, takeToken } from '../domain/rate-limit.ts';

/** Systems remembered per generation. Beyond it the older half is forgotten early, which only ever allows more. */
const SYSTEMS_MAX = 100_000;

export interface SystemLimiter {
  /** Takes one heartbeat from the system's allowance; false when it has none left. */
  take(systemId: string, now: DurationMs): boolean;
}

/**
 * Limits each system on its own, in memory bounded by how many send within some seconds, not by how many there are: a
 * bucket that nobody touched for REFILL_MS is full and may be forgotten. Two generations do that without ever walking
 * them.
 */
export const createSystemLimiter = (): SystemLimiter => {
  let recent = new Map<string, DurationMs>();
  let older = new Map<string, DurationMs>();
  let startedAt = 0;

  const turnGeneration = (now: DurationMs): void => {
    if (now - startedAt < REFILL_MS && recent.size < SYSTEMS_MAX) return;
    older = recent;
    recent = new Map();
    startedAt = now;
  };
  return {
    take: (systemId, now) => {
      turnGeneration(now);
      const fullAt = recent.get(systemId) ?? older.get(systemId) ?? 0;
      const next = takeToken(fullAt, now);
      recent.set(systemId, next ?? fullAt);
      return next !== null;
    },
  };
};

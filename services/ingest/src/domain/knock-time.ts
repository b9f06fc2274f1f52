import { type EpochMs, KNOCK_INTERVAL_MS } from '@earshot/contracts';

/**
 * The whole second of wall time at which to knock next: the first one after now, but never `last` a second time, for
 * timers may fire a little before the second they were set to. A wall clock set back begins anew from where it stands.
 */
export const nextKnockAt = (now: EpochMs, last: EpochMs): EpochMs => {
  const next = (Math.floor(now / KNOCK_INTERVAL_MS) + 1) * KNOCK_INTERVAL_MS;
  return next === last ? next + KNOCK_INTERVAL_MS : next;
};

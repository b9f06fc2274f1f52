import type { EpochMs } from '@earshot/contracts';

/** Date and time with seconds, up to nanoseconds, in UTC or with an offset. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** The instant an ISO 8601 text names, to the millisecond; null when it names none. */
export const parseInstant = (text: string): EpochMs | null => {
  const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(at) ? at : null;
};

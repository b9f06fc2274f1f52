/** An instant: whole milliseconds since the Unix epoch. In everything that decides it is log time, never a process's own clock. */
export type EpochMs = number;

/** A stretch of time in milliseconds. */
export type DurationMs = number;

/** The instant as UTC with milliseconds, `2025-07-21T10:25:00.000Z`. Throws RangeError outside the years a Date can hold. */
export const toIso = (at: EpochMs): string => new Date(at).toISOString();

/** As `toIso`, with `null` for an instant that never was. */
export const toIsoOrNull = (at: EpochMs | null): string | null => (at === null ? null : toIso(at));

/** The instant that `toIso` wrote; NaN for a text that is none. */
export const fromIso = (text: string): EpochMs => Date.parse(text);

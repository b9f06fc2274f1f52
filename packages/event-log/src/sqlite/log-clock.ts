import type { EpochMs } from '@earshot/contracts';

/** Where the log's time comes from. Both in milliseconds; fractions are allowed. */
export interface Clock {
  /** Time since the Unix epoch; people and NTP may set it. */
  wallNow(): number;
  /** Only ever advances, at the pace of real time, from any origin. */
  monotonicNow(): number;
}

/** What both clocks of the machine say at one instant. */
export interface ClockReading {
  readonly wall: number;
  readonly monotonic: number;
}

export interface LogClockState {
  /** The newest log time given. */
  readonly at: EpochMs;
  /** Log time minus monotonic time: only ever grows, which is why log time never falls behind monotonic time. */
  readonly lead: number;
}

/** The log's clock at start: wall time, or where the log already is if that is later. */
export const startLogClock = (reading: ClockReading, newest: EpochMs | null): LogClockState => {
  const at = Math.max(Math.floor(reading.wall), newest ?? 0);
  return { at, lead: at - reading.monotonic };
};

/**
 * The log's clock later on, in whole milliseconds (T1). It follows wall time, also when that is set forward, and goes on at the
 * pace of monotonic time when wall time is set back: it never steps back and never stands still.
 */
export const advanceLogClock = (state: LogClockState, reading: ClockReading): LogClockState => {
  const lead = Math.max(state.lead, reading.wall - reading.monotonic);
  // Wall time is taken by itself too: the sum of lead and monotonic may miss it by a rounding error, a whole millisecond once cut.
  return { at: Math.max(state.at, Math.floor(reading.wall), Math.floor(lead + reading.monotonic)), lead };
};

/** The log's clock as a function that answers the log time now. */
export const createLogClock = (clock: Clock, newest: EpochMs | null): (() => EpochMs) => {
  const read = (): ClockReading => ({ wall: clock.wallNow(), monotonic: clock.monotonicNow() });
  let state = startLogClock(read(), newest);
  return () => {
    state = advanceLogClock(state, read());
    return state.at;
  };
};

import type { Heartbeat } from './heartbeat.ts';

/** Tells others that the work of a process goes on: call `beat()` once per completed turn of its main loop. */
export interface Instrument {
  /** Begins; a second call changes nothing. */
  start(): void;
  /** One more beat, now. Nothing before `start()`: work that is not under way does not go on. */
  beat(): void;
  /** The process's heartbeat as of this moment; null before `start()`. */
  getHeartbeat(): Heartbeat | null;
}

export interface InstrumentOptions {
  /** Default `dev-unknown`. */
  readonly build?: string;
  /** Default: this process's. */
  readonly pid?: number;
  /** Milliseconds since the Unix epoch. Default: the system's clock. */
  readonly wallNow?: () => number;
  /** Milliseconds since some start, never going back. Default: the system's clock. */
  readonly monotonicNow?: () => number;
}

interface Beats {
  readonly startedAt: number;
  readonly startedMonotonic: number;
  tick: number;
  lastBeatAt: number;
}

const BUILD_DEFAULT = 'dev-unknown';

/** Seconds to the millisecond: what clocks promise below it is noise. */
const toSeconds = (ms: number): number => Math.floor(ms) / 1_000;

/** An instrument for any service; `createInstrument()` is all that most need. */
export const createInstrument = (options: InstrumentOptions = {}): Instrument => {
  const wallNow = options.wallNow ?? (() => Date.now());
  const monotonicNow = options.monotonicNow ?? (() => performance.now());
  let beats: Beats | null = null;

  return {
    start: () => {
      const at = wallNow();
      beats ??= { startedAt: at, startedMonotonic: monotonicNow(), tick: 0, lastBeatAt: at };
    },
    beat: () => {
      if (beats === null) return;
      beats.tick += 1;
      beats.lastBeatAt = wallNow();
    },
    getHeartbeat: () =>
      beats === null
        ? null
        : {
            tick: beats.tick,
            pid: options.pid ?? process.pid,
            build: options.build ?? BUILD_DEFAULT,
            startTime: toSeconds(beats.startedAt),
            uptime: toSeconds(monotonicNow() - beats.startedMonotonic),
            lastBeat: toSeconds(beats.lastBeatAt),
          },
  };
};

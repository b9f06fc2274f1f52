import type { DurationMs } from '@earshot/contracts';
import type { LivenessStore } from '@earshot/liveness-store';
import type { RegistryWriter } from '@earshot/registry';
import { type Clock, createLoop, createSparseLogger, type Logger, type Loop } from '@earshot/runtime';
import type { Catalog } from './application/catalog.ts';
import { createSeenSystemsEntry } from './application/enter-seen-systems.ts';
import type { LogFollowing } from './application/follow-log.ts';
import type { Observer } from './application/observe.ts';
import type { RegistryOwnership } from './application/own-registry.ts';
import { createRollingRefresh } from './application/refresh-last-seen.ts';
import { resumeOverduePauses } from './application/resume-overdue-pauses.ts';
import { createUntoldSystems } from './application/tell-untold.ts';

const OBSERVE_MS: DurationMs = 1_000;
const FORGET_MS: DurationMs = 60_000;
/** Between two slices of history to be forgotten, when there is more. */
const FORGET_ON_MS: DurationMs = 1_000;
const WARNING_PERIOD_MS: DurationMs = 10_000;

export interface EngineLoops {
  readonly catalog: Catalog;
  readonly store: LivenessStore;
  readonly writer: RegistryWriter;
  readonly ownership: RegistryOwnership;
  readonly observer: Observer;
  readonly following: LogFollowing;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly historyMs: DurationMs;
}

interface LoopWork {
  readonly what: string;
  readonly turn: () => Promise<void> | void;
}

/** What the engine does by itself, besides observing; each once a second and independent of the others. */
const works = (engine: EngineLoops): readonly LoopWork[] => {
  const { catalog, writer, clock, logger, store, observer, ownership } = engine;
  const isWriter = ownership.isWriter;
  const observation = observer.current;
  const untold = createUntoldSystems({ catalog, store, writer, isWriter, observation, clock, logger });
  const refresh = createRollingRefresh({ store, catalog, observation, onRows: (rows) => untold.suspect(rows) });
  const entry = createSeenSystemsEntry({ catalog, writer, isWriter, clock, logger });
  return [
    { what: 'refreshing last seen', turn: () => refresh.turn() },
    { what: 'telling again what was told in part', turn: () => untold.turn() },
    { what: 'entering systems that registered themselves', turn: () => entry.turn() },
    {
      what: 'ending pauses',
      turn: () => resumeOverduePauses({ catalog, writer, isWriter, clock, logger }),
    },
    { what: 'mending the catalog', turn: () => engine.following.mend() },
  ];
};

/** The engine's own work as one part: starts and stops together. */
export const createEngineLoops = (engine: EngineLoops): { start(): void; stop(): Promise<void> } => {
  const { catalog, clock, logger, following } = engine;
  const loopOf = (work: LoopWork, pauseMs: () => DurationMs): Loop => {
    const warn = createSparseLogger(logger, { periodMs: WARNING_PERIOD_MS, monotonicNow: clock.monotonicNow });
    return createLoop({
      clock,
      pauseMs,
      turn: work.turn,
      onError: (error) => warn({ error, what: work.what }, 'what the engine does by itself failed; trying again'),
    });
  };
  let hasMore = false;
  let hasObserved = false;
  const housekeeping: LoopWork = {
    what: 'forgetting old history',
    turn: () => {
      following.touch();
      hasMore = catalog.history.forgetBefore(clock.wallNow() - engine.historyMs);
      return Promise.resolve();
    },
  };
  /** The first one at once: nobody waits a second to be ready. */
  const untilObservation = (): DurationMs => {
    const pause = hasObserved ? OBSERVE_MS : 0;
    hasObserved = true;
    return pause;
  };
  const loops = [
    loopOf({ what: 'observing', turn: () => engine.observer.turn() }, untilObservation),
    ...works(engine).map((work) => loopOf(work, () => OBSERVE_MS)),
    loopOf(housekeeping, () => (hasMore ? FORGET_ON_MS : FORGET_MS)),
  ];
  return {
    start: () => {
      for (const loop of loops) loop.start();
    },
    stop: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
};

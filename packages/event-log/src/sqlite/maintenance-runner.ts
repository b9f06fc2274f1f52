import type { EpochMs } from '@earshot/contracts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogWriter } from './log-writer.ts';

export interface MaintenanceRunner {
  /** Runs the slices of retention and compaction with a turn of the event loop between two, in which appends get through. */
  run(now: EpochMs): Promise<void>;
  /** Ends a run after its current slice; resolves when none is running. Later runs do nothing. */
  end(): Promise<void>;
}

export const createMaintenanceRunner = (writer: LogWriter): MaintenanceRunner => {
  const running = new Set<Promise<void>>();
  let isEnding = false;

  const runSlices = async (now: EpochMs): Promise<void> => {
    if (isEnding) return;
    for (const _ of writer.maintenance(now)) {
      await nextTurn();
      if (isEnding) return;
    }
  };

  return {
    run: async (now) => {
      const run = runSlices(now);
      running.add(run);
      try {
        await run;
      } finally {
        running.delete(run);
      }
    },
    end: async () => {
      isEnding = true;
      await Promise.allSettled(running);
    },
  };
};

import { fleetKey } from '@earshot/contracts';
import type { NewRecord } from '@earshot/event-log';
import type { Clock } from '@earshot/runtime';
import { vi } from 'vitest';
import { fleetEntry } from './records.ts';
import { registryEntry, type RunningEngine, startEngine, type StartEngine } from './start-engine.ts';

/** A clock that a test moves. */
export interface SteeredClock extends Clock {
  advance(ms: number): Promise<void>;
}

/** An engine that has taken in everything there is, with a fleet `default`, at a time of the test's own. */
export interface ReadyEngine extends RunningEngine {
  readonly clock: SteeredClock;
  /** The `data` of an answer. */
  data(target: string): Promise<Record<string, unknown>>;
}

const DEFAULT_FLEET: NewRecord = registryEntry(fleetKey('default'), fleetEntry('default'));

export const startReadyEngine = async (
  clock: SteeredClock,
  start: Omit<StartEngine, 'clock'> = {},
): Promise<ReadyEngine> => {
  const engine = await startEngine({ clock, ...start, records: [DEFAULT_FLEET, ...(start.records ?? [])] });
  await clock.advance(1_000);
  await vi.waitFor(() => {
    if (!engine.service.health().ready) throw new Error(engine.service.health().reasons.join());
  });
  // One more observation, now that the catalog is complete.
  await vi.waitFor(async () => {
    await clock.advance(1_000);
    const [beats] = /^earshot_engine_beats_total (\d+)$/m.exec((await engine.send('/metrics')).text)?.slice(1) ?? [];
    if (Number(beats) < 2) throw new Error('not observed yet');
  });
  return {
    ...engine,
    clock,
    data: async (target) => {
      const answered = await engine.send(target);
      if (answered.status !== 200) throw new Error(`${target}: ${answered.status} ${answered.text}`);
      return JSON.parse(answered.text).data;
    },
  };
};

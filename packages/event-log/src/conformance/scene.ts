import { describe, it, type TestContext } from 'vitest';
import type { EventLog } from '../port/index.ts';
import type { Capability, EventLogHarness, EventLogLimits, LogStorage } from './harness.ts';

/** What one test has: a storage of its own with an open log, put away afterwards whatever happens. */
interface Scene {
  readonly log: EventLog;
  readonly storage: LogStorage;
  readonly limits: EventLogLimits;
  /** Opens the storage once more. */
  reopen(): Promise<EventLog>;
  /** The capability, or the end of the test: skipped, with the reason printed. */
  need<T>(capability: Capability<T>): T;
}

/** Registers one guarantee's test. */
export type Guarantee = (title: string, proof: (scene: Scene) => Promise<void>) => void;

const isLacking = (capability: unknown): capability is { readonly lacks: string } =>
  typeof capability === 'object' && capability !== null && 'lacks' in capability;

/** A skip is never silent: the reason stands beside the test's name, also where a reporter shows numbers only. */
const skipAloud = (context: TestContext, reason: string): never => {
  process.stderr.write(`not proven here: ${context.task.fullName}: ${reason}\n`);
  return context.skip(reason);
};

const play = async (
  harness: EventLogHarness,
  context: TestContext,
  proof: (scene: Scene) => Promise<void>,
): Promise<void> => {
  const storage = await harness.createStorage();
  const logs: EventLog[] = [];
  const open = async (): Promise<EventLog> => {
    const log = await storage.open();
    logs.push(log);
    return log;
  };
  const need = <T>(capability: Capability<T>): T =>
    isLacking(capability) ? skipAloud(context, capability.lacks) : capability;
  try {
    await proof({ log: await open(), storage, limits: harness.limits, reopen: open, need });
  } finally {
    for (const log of logs) await log.close();
    await storage.dispose();
  }
};

/** Registers a theme's guarantees under the adapter's name. */
export const describeTheme = (
  name: string,
  harness: EventLogHarness,
  guarantees: (guarantee: Guarantee) => void,
): void => {
  describe(name, () => {
    guarantees((title, proof) => {
      it(title, (context) => play(harness, context, proof));
    });
  });
};

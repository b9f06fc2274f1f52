import type { ProcessLogger } from '../logger.ts';
import { SettingsError } from '../settings/load-settings.ts';

/** What a process is while it runs. */
export interface Running {
  readonly logger: ProcessLogger;
  /** Leaves in order and in bounded time. */
  readonly stop: () => Promise<void>;
}

export interface ProcessOptions {
  /**
   * Builds and starts everything. `onFatal` is for errors that no retry mends: it stops what runs and ends the process as failed.
   */
  readonly start: (onFatal: (error: Error) => void) => Promise<Running>;
}

const DONE = 0;
const FAILED = 1;
/** Everything written by us, databases of credential hashes included, is its owner's alone. */
const OWNER_ONLY = 0o077;

/** Whoever read what we print has gone: that is no reason to stop listening. */
const outliveReaders = (): void => {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
};

/** Coded errors are told in a line, for whoever operates us; anything else with its stack, for whoever mends us. */
const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof SettingsError) return error.message;
  return 'code' in error ? `${String(error.code)}: ${error.message}` : (error.stack ?? error.message);
};

/** Lets what was logged before an end out. */
const LAST_WORDS_MS = 100;

const cannotStart = (error: unknown): void => {
  process.stderr.write(`earshot: cannot start: ${describe(error)}\n`);
  setTimeout(() => process.exit(FAILED), LAST_WORDS_MS);
};

const stopAndExit = async ({ logger, stop }: Running, code: number): Promise<never> => {
  let exitCode = code;
  try {
    await stop();
  } catch (error) {
    logger.error({ error }, 'stopping failed');
    exitCode = FAILED;
  }
  await logger.end();
  return process.exit(exitCode);
};

/** How long a start may still take when its end is asked for. */
const STARTING_GRACE_MS = 5_000;

/**
 * Runs a process from its start to its exit code. SIGTERM, SIGINT and SIGHUP stop it in order (exit 0), a second one at once; what
 * cannot start says why on standard error (exit 1).
 */
export const runProcess = (options: ProcessOptions): void => {
  process.umask(OWNER_ONLY);
  outliveReaders();
  let running: Running | undefined;
  let isEnding = false;

  const started = (now: Running): void => {
    running = now;
    if (isEnding) void stopAndExit(now, DONE);
  };
  const onFatal = (error: Error): void => {
    if (running === undefined) cannotStart(error);
    else if (!isEnding) {
      isEnding = true;
      running.logger.error({ error }, 'this cannot go on');
      void stopAndExit(running, FAILED);
    }
  };
  const onSignal = (): void => {
    if (isEnding) process.exit(FAILED);
    isEnding = true;
    if (running === undefined) setTimeout(() => process.exit(FAILED), STARTING_GRACE_MS);
    else void stopAndExit(running, DONE);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  options.start(onFatal).then(started, cannotStart);
};

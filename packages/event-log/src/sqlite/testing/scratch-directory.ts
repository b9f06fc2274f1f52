import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory for the current test, removed after it. Call it first: what is set up later is put away earlier. */
export const scratchDirectory = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'earshot-event-log-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
};

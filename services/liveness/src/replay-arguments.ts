import { TTL_SECONDS_MAX, type DurationMs } from '@earshot/contracts';
import { parseArgs } from 'node:util';

export const REPLAY_USAGE: string = `usage: npm run --silent replay -- --file FILE [--partition N] [--ttl SECONDS]

Folds a recorded partition from the empty state, with the code that production folds with, and prints its transitions
and events as NDJSON.

  --file FILE      NDJSON, one record a line in log order; - is standard input
  --partition N    number of the partition, for the ids of events (default 0)
  --ttl SECONDS    replaces every ttl in the file

exit: 0 done, 1 failed, 2 usage, 3 some lines refused
`;

export interface ReplayArguments {
  /** A path, or `-` for standard input. */
  readonly file: string;
  readonly partition: number;
  readonly ttlMs: DurationMs | null;
}

export type ParsedReplayArguments =
  | { readonly arguments: ReplayArguments }
  | { readonly help: true }
  | { readonly fault: string };

/** What the words after the command ask for, or what is wrong with them. */
export const parseReplayArguments = (words: readonly string[]): ParsedReplayArguments => {
  const values = parseWords(words);
  if (typeof values === 'string') return { fault: values };
  if (values.help === true) return { help: true };
  const { file, partition = '0', ttl } = values;
  if (file === undefined || file === '') return { fault: '--file is missing' };
  if (!/^\d{1,9}$/.test(partition)) return { fault: '--partition is not a whole number' };
  const ttlMs = ttl === undefined ? null : Math.round(Number(ttl) * 1_000);
  if (ttlMs !== null && !isTtl(ttlMs)) return { fault: `--ttl is not a number of seconds up to ${TTL_SECONDS_MAX}` };
  return { arguments: { file, partition: Number(partition), ttlMs } };
};

interface Words {
  readonly file?: string | undefined;
  readonly partition?: string | undefined;
  readonly ttl?: string | undefined;
  readonly help?: boolean | undefined;
}

const parseWords = (words: readonly string[]): Words | string => {
  const text = { type: 'string' } as const;
  const options = { file: text, partition: text, ttl: text, help: { type: 'boolean', short: 'h' } } as const;
  try {
    return parseArgs({ args: [...words], options, allowPositionals: false }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const isTtl = (ttlMs: DurationMs): boolean =>
  Number.isSafeInteger(ttlMs) && ttlMs > 0 && ttlMs <= TTL_SECONDS_MAX * 1_000;

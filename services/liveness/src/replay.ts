/**
 * The command that replays a recorded partition. On standard output transitions and events only, one JSON a line;
 * everything else on standard error.
 */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createReplay, type Replay } from './application/replay-records.ts';
import { splitLines, type Line } from './application/split-lines.ts';
import { parseReplayArguments, REPLAY_USAGE, type ReplayArguments } from './replay-arguments.ts';

const EXIT = { done: 0, failed: 1, usage: 2, refused: 3 } as const;

/** Far above the longest record there can be (a knock with 64 names of 255 code points); bounds memory. */
const LINE_BYTES_MAX = 1_048_576;

/** Output is written in pieces of about this size: a write per line costs more than the folding. */
const OUTPUT_CHARACTERS = 65_536;

/** Lines complained about one by one; the rest are counted. */
const COMPLAINTS_MAX = 100;

const complain = (text: string): void => {
  process.stderr.write(`earshot replay: ${text}\n`);
};

const main = async (words: readonly string[]): Promise<number> => {
  const parsed = parseReplayArguments(words);
  if ('help' in parsed) {
    process.stdout.write(REPLAY_USAGE);
    return EXIT.done;
  }
  if ('fault' in parsed) {
    complain(`${parsed.fault}\n\n${REPLAY_USAGE}`);
    return EXIT.usage;
  }
  process.stdout.on('error', endWithReader);
  try {
    return await replayFile(parsed.arguments);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    complain(`cannot read ${parsed.arguments.file}: ${error.message}`);
    return EXIT.failed;
  }
};

/** An error of the file or the stream, not of this program. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'code' in error;

/** Whoever read our output has seen enough (`head`): no fault of anyone. */
const endWithReader = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EPIPE') complain(`cannot write: ${error.message}`);
  process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed);
};

/** npm runs commands in the repository's root; a relative path means the folder of whoever called npm. */
const open = (file: string): AsyncIterable<Uint8Array> =>
  file === '-' ? process.stdin : createReadStream(resolve(process.env['INIT_CWD'] ?? process.cwd(), file));

const replayFile = async ({ file, partition, ttlMs }: ReplayArguments): Promise<number> => {
  const replay = createReplay({ partition, ttlMs });
  const complaints = createComplaints();
  let printed = '';
  let refused = 0;
  for await (const line of splitLines(open(file), LINE_BYTES_MAX)) {
    const step = replayLine(replay, line);
    printed += step.printed;
    if (step.complaint !== null) complaints.add(`line ${line.number}: ${step.complaint}`);
    if (step.isRefused) refused += 1;
    if (printed.length < OUTPUT_CHARACTERS) continue;
    await write(printed);
    printed = '';
  }
  await write(printed);
  complaints.end();
  if (refused > 0) complain(`${refused} ${refused === 1 ? 'line' : 'lines'} refused`);
  return refused > 0 ? EXIT.refused : EXIT.done;
};

interface ReplayStep {
  readonly printed: string;
  readonly complaint: string | null;
  readonly isRefused: boolean;
}

const refuse = (complaint: string): ReplayStep => ({ printed: '', complaint, isRefused: true });

const replayLine = (replay: Replay, { content }: Line): ReplayStep => {
  if ('fault' in content) {
    return refuse(content.fault === 'too_long' ? `longer than ${LINE_BYTES_MAX} bytes` : 'not UTF-8');
  }
  if (content.text.trim() === '') return { printed: '', complaint: null, isRefused: false };
  const line = replay.replay(content.text);
  switch (line.outcome) {
    case 'folded':
      return { printed: line.printed.map((each) => `${each}\n`).join(''), complaint: null, isRefused: false };
    case 'unreadable': {
      const complaint = `position ${line.position} holds no record that any schema fits (${line.reason})`;
      return { printed: '', complaint, isRefused: false };
    }
    case 'refused':
      return refuse(line.reason);
  }
};

interface Complaints {
  add(text: string): void;
  end(): void;
}

const createComplaints = (): Complaints => {
  let count = 0;
  return {
    add: (text) => {
      count += 1;
      if (count <= COMPLAINTS_MAX) complain(text);
    },
    end: () => {
      if (count > COMPLAINTS_MAX) complain(`and ${count - COMPLAINTS_MAX} more such lines`);
    },
  };
};

/** Waits while the reader is slower than we are. */
const write = async (text: string): Promise<void> => {
  if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
};

process.exitCode = await main(process.argv.slice(2));

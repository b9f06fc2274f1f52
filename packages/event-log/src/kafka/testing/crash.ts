import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TopicSpec } from '@earshot/contracts';
import type { Acknowledged } from '../../conformance/index.ts';

const APPENDER = fileURLToPath(new URL('./append-until-killed.ts', import.meta.url));

/** Enough for several groups of each size. */
const ACKNOWLEDGED_MIN = 5_000;

const parseLine = (line: string): Acknowledged => JSON.parse(line) as Acknowledged;

/** Lets a process append to the topic, kills it (-9) while it does, and answers what it had acknowledged. */
export const crashWhileAppending = async (where: {
  readonly brokers: readonly string[];
  readonly prefix: string;
  readonly topic: TopicSpec;
}): Promise<readonly Acknowledged[]> => {
  const child = spawn(process.execPath, [APPENDER, JSON.stringify(where)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const acknowledged: Acknowledged[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    // The kill may cut the last line.
    if (line.endsWith('}')) acknowledged.push(parseLine(line));
    if (acknowledged.length === ACKNOWLEDGED_MIN) child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  if (signal !== 'SIGKILL') throw new Error('the appending process ended by itself');
  return acknowledged;
};

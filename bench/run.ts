import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

/**
 * `npm run bench`: accepted heartbeats per second of the whole embedded product on one core, each one durable, against a bare
 * `node:http` server on the same core with the same client, in turns in one run. Only the ratio means something: machines differ
 * and are never quiet. `--rounds N` (default 5), `--seconds N` a round (3), `--connections N` (64).
 */
const ROOT = join(import.meta.dirname, '..');

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '64' },
    distributed: { type: 'boolean', default: false },
  },
});

interface Server {
  readonly url: string;
  readonly credential: string;
  stop(): void;
}
interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly statuses: Readonly<Record<string, number>>;
}

const canPin = availableParallelism() > 1 && process.platform === 'linux';
/** The server has one core, the client another, where the system can pin. */
const pinned = (core: number, argv: readonly string[]): readonly string[] =>
  canPin ? ['taskset', '-c', String(core), ...argv] : argv;

const start = (core: number, argv: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess => {
  const [program = '', ...rest] = pinned(core, argv);
  return spawn(program, rest, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...env } });
};
const firstLine = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error('standard output must be a pipe');
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error('it ended without a word');
};

const startBare = async (): Promise<Server> => {
  const child = start(0, [process.execPath, 'bench/bare-server.ts']);
  const { ingest } = JSON.parse(await firstLine(child)) as { ingest: string };
  return { url: ingest, credential: 'a:b', stop: () => void child.kill('SIGKILL') };
};
const startEarshot = async (): Promise<Server> => {
  const directory = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
  const child = start(0, [process.execPath, 'services/standalone/src/main.ts'], {
    EARSHOT_DATA_DIR: directory,
    EARSHOT_INGEST_PORT: '0',
    EARSHOT_ENGINE_PORT: '0',
    EARSHOT_LOG_LEVEL: 'error',
  });
  const { ingest } = JSON.parse(await firstLine(child)) as { ingest: string };
  const secret = readFileSync(join(directory, 'first-credential'), 'utf8').trim();
  const stop = (): void => {
    child.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  };
  return { url: ingest, credential: `default:${secret}`, stop };
};

const startDistributed = async (): Promise<Server> => {
  const name = `bench-${process.pid}`;
  const token = 'bench'.repeat(8);
  const env = {
    EARSHOT_KAFKA_BROKERS: process.env['EARSHOT_TEST_KAFKA_BROKERS'] ?? '',
    EARSHOT_REDIS_URL: process.env['EARSHOT_TEST_REDIS_URL'] ?? '',
    EARSHOT_KAFKA_PREFIX: `${name}.`,
    EARSHOT_REDIS_PREFIX: `${name}:`,
    EARSHOT_OPERATOR_TOKEN: token,
    EARSHOT_INGEST_PORT: '0',
    EARSHOT_ENGINE_PORT: '0',
    EARSHOT_OPERATIONS_PORT: '0',
    EARSHOT_LOG_LEVEL: 'error',
  };
  const launch = (core: number, service: string): ChildProcess =>
    start(core, [process.execPath, `services/${service}/src/main.ts`], env);
  const children = [launch(0, 'ingest'), launch(1, 'engine'), launch(1, 'liveness')];
  const [ingestLine = '', engineLine = ''] = await Promise.all(children.map(firstLine));
  const { ingest } = JSON.parse(ingestLine) as { ingest: string };
  const { engine } = JSON.parse(engineLine) as { engine: string };
  for (;;) {
    const response = await fetch(`${engine}/api/fleets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'default' }),
    });
    const { code, data } = (await response.json()) as { code: number; data: { credential: { password: string } } };
    if (code === 201) {
      const stop = (): void => children.forEach((child) => child.kill('SIGKILL'));
      return { url: ingest, credential: `default:${data.credential.password}`, stop };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const measure = async (server: Server, seconds: string): Promise<Measured> => {
  const { url, credential } = server;
  const client = start(1, [
    process.execPath,
    'bench/load-client.ts',
    url,
    credential,
    options.connections,
    '10000',
    seconds,
  ]);
  return JSON.parse(await firstLine(client)) as Measured;
};

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
const commitOf = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short=8', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
};

const bare = await startBare();
const earshot = options.distributed ? await startDistributed() : await startEarshot();
const rounds: { readonly bare: Measured; readonly earshot: Measured; readonly ratio: number }[] = [];
try {
  await measure(bare, '1');
  await measure(earshot, '1');
  for (let round = 1; round <= Number(options.rounds); round += 1) {
    const baseline = await measure(bare, options.seconds);
    const ours = await measure(earshot, options.seconds);
    const ratio = Number((ours.perSecond / baseline.perSecond).toFixed(3));
    rounds.push({ bare: baseline, earshot: ours, ratio });
    process.stdout.write(
      `round ${round}: bare ${baseline.perSecond}/s (p99 ${baseline.p99Ms} ms), earshot ${ours.perSecond}/s accepted ` +
        `(p99 ${ours.p99Ms} ms, ${JSON.stringify(ours.statuses)}), ratio ${ratio}\n`,
    );
  }
} finally {
  bare.stop();
  earshot.stop();
}
const ratios = rounds.map(({ ratio }) => ratio);
const summary = { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
process.stdout.write(`ratio: median ${summary.median} (${summary.least} to ${summary.most})\n`);
mkdirSync(join(ROOT, 'bench', 'results'), { recursive: true });
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), node: process.version };
writeFileSync(
  join(ROOT, 'bench', 'results', `ingest-${options.distributed ? 'distributed' : 'embedded'}.local.json`),
  `${JSON.stringify({ commit: commitOf(), machine, pinned: canPin, options, rounds, summary }, null, 2)}\n`,
);

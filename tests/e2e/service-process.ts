import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..', '..');

export type ServiceName = 'ingest' | 'liveness' | 'engine';

/** One process of one service, at addresses that stay over its restarts. */
export interface ServiceProcess {
  /** Where it serves; empty for liveness, which serves nobody. */
  readonly url: string;
  /** Where its health and metrics are. */
  readonly operationsUrl: string;
  /** Starts it again; resolves when it says that it is up. */
  start(): Promise<void>;
  /** Ends it by a signal if it runs; answers the exit code, -1 where it had none. */
  end(signal: NodeJS.Signals): Promise<number>;
  /** Stops its clock, or lets it go on: as a frozen machine would. */
  freeze(isFrozen: boolean): void;
}

/** A port that is free now, so that a process keeps its address over a restart. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
};

const untilReadyLine = async (child: ChildProcess): Promise<void> => {
  const said: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  if (child.stdout === null) throw new Error('standard output must be a pipe');
  for await (const line of createInterface({ input: child.stdout })) {
    if ((JSON.parse(line) as { event: string }).event === 'ready') return;
  }
  throw new Error(`a process ended before it was ready:\n${said.join('')}`);
};

const isOver = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Starts a process of a service with the settings all processes share. */
export const startService = async (
  service: ServiceName,
  settings: Readonly<Record<string, string>>,
): Promise<ServiceProcess> => {
  const [port, operationsPort] = await Promise.all([freePort(), freePort()]);
  const ports = {
    EARSHOT_INGEST_PORT: String(port),
    EARSHOT_ENGINE_PORT: String(port),
    EARSHOT_OPERATIONS_PORT: String(operationsPort),
  };
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(process.execPath, [join(ROOT, 'services', service, 'src', 'main.ts')], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...settings, ...ports },
    });
    await untilReadyLine(child);
  };
  // A test that is cut off must not leave anything behind.
  process.once('exit', () => child?.kill('SIGKILL'));
  const end = async (signal: NodeJS.Signals): Promise<number> => {
    if (child === undefined || isOver(child)) return child?.exitCode ?? -1;
    const exited = once(child, 'exit');
    child.kill(signal);
    const [code] = (await exited) as [number | null];
    return code ?? -1;
  };
  await start();
  return {
    url: service === 'liveness' ? '' : `http://127.0.0.1:${port}`,
    operationsUrl: `http://127.0.0.1:${service === 'engine' ? port : operationsPort}`,
    start,
    end,
    freeze: (isFrozen) => void child?.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT'),
  };
};

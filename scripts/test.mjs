/**
 * `npm test`: every level of tests that this machine can run, and one line that says which were left out and why.
 * Arguments go to the runner: `npm test -- --project unit fold`.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const args = process.argv.slice(2);
const result = spawnSync(process.execPath, [join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...args], {
  stdio: 'inherit',
});
process.stderr.write('earshot: embedded form tested on SQLite; brokers: none used, there is no distributed form yet\n');
process.exit(result.status ?? 1);

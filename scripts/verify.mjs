/** `npm run verify`: the fast gate, then every test. The first that fails ends it. */
import { spawnSync } from 'node:child_process';

for (const script of ['check', 'test']) {
  const { status } = spawnSync('npm', ['run', '--silent', script], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** `npm run fix`: writes what the formatter and the linter can mend by themselves. */
import { spawnSync } from 'node:child_process';

const status = [
  ['oxlint', '--type-aware', '--fix'],
  ['oxfmt', '.'],
].map(([program, ...args]) => spawnSync(program, args, { stdio: 'inherit' }).status);
process.exit(Math.max(...status.map((code) => code ?? 1)));

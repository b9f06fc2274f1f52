import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** Runs a command on an empty disk of 8 MiB that ends with it: a memory file system in a mount namespace of its own. */
const onSmallDisk = (command: string, ...given: readonly string[]) => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-small-disk-'));
  const script = `mount -t tmpfs -o size=8m none "$0" && ${command}`;
  const namespace = ['--user', '--map-root-user', '--mount', 'sh', '-c', script, folder, ...given];
  const run = spawnSync('unshare', namespace, { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return run;
};

const isPossible = onSmallDisk('true').status === 0;
const where = isPossible ? '' : ' (not here: no small disk can be mounted without privileges)';

it.skipIf(!isPossible)(
  `P2 a full disk refuses commits, keeps what there was, and is over when there is room${where}`,
  () => {
    const fixture = fileURLToPath(new URL('full-disk.fixture.ts', import.meta.url));
    const run = onSmallDisk('exec "$1" "$2" "$0"', process.execPath, fixture);
    expect(run.stderr).toBe('');
    expect(JSON.parse(run.stdout)).toEqual([
      { accepted: true },
      'EARSHOT_STORE_UNAVAILABLE',
      [1, 100],
      'EARSHOT_STORE_UNAVAILABLE',
      [{ accepted: true }, 5_000, { accepted: true }],
    ]);
  },
);

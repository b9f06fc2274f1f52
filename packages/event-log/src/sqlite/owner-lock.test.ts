import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqliteEventLog } from './index.ts';
import { openTestLog } from './testing/open-test-log.ts';
import { scratchDirectory } from './testing/scratch-directory.ts';

const IN_USE = { code: 'EARSHOT_LOG_IN_USE' };
const INDEX = new URL('index.ts', import.meta.url).href;

/** What another process gets when it opens the log: its error's code, or `opened`. */
const openElsewhere = async (path: string): Promise<string> => {
  const program = `
    const { openSqliteEventLog } = await import(${JSON.stringify(INDEX)});
    try {
      await (await openSqliteEventLog({ path: ${JSON.stringify(path)}, reserveBytes: 0 })).close();
      process.stdout.write('opened');
    } catch (error) {
      process.stdout.write(error.code);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  await once(child, 'close');
  return chunks.join('');
};

describe('one owner per log file', () => {
  it('another process is refused by its code while the log is open, and let in after close', async () => {
    const path = join(await scratchDirectory(), 'log.db');
    const log = await openTestLog({ path });
    expect(await openElsewhere(path)).toBe('EARSHOT_LOG_IN_USE');
    await log.close();
    expect(await openElsewhere(path)).toBe('opened');
  });

  it('a second log of the same process is refused by its code, and the first one goes on', async () => {
    const path = join(await scratchDirectory(), 'log.db');
    const log = await openTestLog({ path });
    await expect(openSqliteEventLog({ path })).rejects.toMatchObject(IN_USE);
    await log.prepare([{ name: 'records.v1', partitions: 1, cleanup: { kind: 'delete', retentionMs: 1_000 } }]);
    expect(await log.append([{ topic: 'records.v1', partition: 0, key: null, value: 'v' }])).toMatchObject([
      { position: 0 },
    ]);
    await expect(openSqliteEventLog({ path })).rejects.toMatchObject(IN_USE);
  });

  it('the same file by way of another directory name is refused too', async () => {
    const directory = await scratchDirectory();
    await openTestLog({ path: join(directory, 'log.db') });
    await symlink(directory, join(directory, 'detour'));
    await expect(openSqliteEventLog({ path: join(directory, 'detour', 'log.db') })).rejects.toMatchObject(IN_USE);
  });

  it('a refused file, one that is no log for instance, is free for the next who opens it', async () => {
    const path = join(await scratchDirectory(), 'missing', 'log.db');
    await expect(openSqliteEventLog({ path })).rejects.toMatchObject({ code: 'EARSHOT_LOG_UNAVAILABLE' });
  });
});

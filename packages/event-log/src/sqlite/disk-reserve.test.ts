import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDiskReserve } from './disk-reserve.ts';
import { scratchDirectory } from './testing/scratch-directory.ts';

const sizeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.size;

describe('the disk reserve', () => {
  it('keeps exactly the room asked for, gives it up and takes it again', async () => {
    const path = join(await scratchDirectory(), 'log.db.reserve');
    const reserve = createDiskReserve(path, 300_001);
    expect(sizeOf(path)).toBe(300_001);
    reserve.release();
    expect(sizeOf(path)).toBeUndefined();
    reserve.restore();
    expect(sizeOf(path)).toBe(300_001);
  });

  it('writes nothing while it is there', async () => {
    const path = join(await scratchDirectory(), 'log.db.reserve');
    const reserve = createDiskReserve(path, 10_000);
    const before = statSync(path).mtimeMs;
    reserve.restore();
    expect(statSync(path).mtimeMs).toBe(before);
  });

  it('does without where there is no directory for it', async () => {
    const path = join(await scratchDirectory(), 'missing', 'log.db.reserve');
    expect(() => createDiskReserve(path, 10_000).release()).not.toThrow();
  });
});

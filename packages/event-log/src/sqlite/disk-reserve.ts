import { randomFillSync } from 'node:crypto';
import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Written in pieces of this size, so that making it holds little memory. */
const PIECE_BYTES = 262_144;

/** Room on the disk that is ours to give up when it is full. */
export interface DiskReserve {
  /** Frees the room. */
  release(): void;
  /** Takes it again once there is twice the room; does nothing if it is there. */
  restore(): void;
}

/** No room kept aside: for logs in memory. */
export const NO_RESERVE: DiskReserve = { release: () => undefined, restore: () => undefined };

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const freeBytes = (path: string): number => {
  const { bavail, bsize } = statfsSync(dirname(path));
  return bavail * bsize;
};

const fill = (path: string, bytes: number): void => {
  // Random bytes: a file system that stores zeros as holes, or compresses, would keep no room.
  const piece = randomFillSync(Buffer.allocUnsafe(PIECE_BYTES));
  const file = openSync(path, 'w', 0o600);
  try {
    for (let left = bytes; left > 0; left -= PIECE_BYTES) writeSync(file, piece, 0, Math.min(left, PIECE_BYTES));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/**
 * Keeps room aside in a file of its own, because deleting needs room too: SQLite writes a change before it frees anything, so that
 * on a full disk not even retention could make room. Operating errors are not thrown: without room there is no reserve.
 */
export const createDiskReserve = (path: string, bytes: number): DiskReserve => {
  const release = (): void => rmSync(path, { force: true });
  const restore = (): void => {
    if (sizeOf(path) === bytes) return;
    try {
      if (freeBytes(path) >= 2 * bytes) fill(path, bytes);
    } catch {
      // Half a reserve helps nobody: the log itself needs the room more.
      release();
    }
  };
  if (bytes === 0) return NO_RESERVE;
  restore();
  return { release, restore };
};

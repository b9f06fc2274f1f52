import { constants, fstatSync, openSync } from 'node:fs';

const STDERR = 2;

/**
 * A descriptor of standard error whose writing never waits for a reader: a pipe or a terminal that nobody reads answers EAGAIN
 * instead of holding a thread, which would also keep the process from ending. Where the system has no way to open it anew, and for
 * files and sockets, it is standard error itself.
 */
export const openStandardError = (): number => {
  const kind = fstatSync(STDERR);
  if (!kind.isFIFO() && !kind.isCharacterDevice()) return STDERR;
  try {
    return openSync(`/proc/self/fd/${STDERR}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_APPEND);
  } catch {
    return STDERR;
  }
};

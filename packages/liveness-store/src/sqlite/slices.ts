import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Long work on the database, cut into slices: it yields wherever the event loop may turn. A synchronous database would
 * otherwise stop the whole process for as long as 5,000 systems take to write or 1,000,000 to read.
 */
export type Slices<T> = Generator<undefined, T>;

/** Rows of one slice: 2 to 5 ms of writing. Raised: longer stalls. Lowered: more turns of the loop per commit. */
export const SLICE_ROWS = 500;

/** Runs the slices, a turn of the event loop between each two. */
export const runSlices = async <T>(slices: Slices<T>): Promise<T> => {
  for (;;) {
    const slice = slices.next();
    if (slice.done === true) return slice.value;
    await nextTurn();
  }
};

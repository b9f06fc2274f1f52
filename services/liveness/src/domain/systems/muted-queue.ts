import type { Row, SystemTable } from './system-table.ts';

interface MutedRow {
  readonly row: Row;
  readonly mutedTo: number;
}

/**
 * Systems whose transitions are withheld until the fold has passed a position (S2, S4). Only a rebuild or lost ground
 * makes such, so the queue is made once and only empties.
 */
export class MutedQueue {
  /** Highest position first: the next one is at the end. */
  readonly #waiting: MutedRow[] = [];

  constructor(systems: SystemTable, position: number) {
    for (const row of systems.rows()) {
      const mutedTo = systems.mutedTo(row);
      if (mutedTo >= position) this.#waiting.push({ row, mutedTo });
    }
    this.#waiting.sort((a, b) => b.mutedTo - a.mutedTo);
  }

  /**
   * Takes out the next system muted up to less than `position`; undefined if there is none. It may have been
   * forgotten meanwhile, and its row be another's: one that is not muted.
   */
  takeBelow(position: number): Row | undefined {
    const next = this.#waiting.at(-1);
    return next !== undefined && next.mutedTo < position ? this.#waiting.pop()?.row : undefined;
  }
}

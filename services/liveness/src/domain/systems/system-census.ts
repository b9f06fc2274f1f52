import type { SystemState } from '@earshot/contracts';
import type { FoldCounts } from '../partition-fold.ts';
import type { Row, SystemTable } from './system-table.ts';

/** How many systems are in which state. Retired ones are in none. */
export class SystemCensus {
  readonly #systems: SystemTable;
  readonly #byState: Record<SystemState, number> = { unseen: 0, online: 0, offline: 0 };
  #paused = 0;

  constructor(systems: SystemTable) {
    this.#systems = systems;
    for (const row of systems.rows()) this.countIn(row);
  }

  /** To be called before a system's state, pause or retirement changes, and `countIn` after. */
  countOut(row: Row): void {
    this.#count(row, -1);
  }

  countIn(row: Row): void {
    this.#count(row, 1);
  }

  counts(): FoldCounts {
    const { unseen, online, offline } = this.#byState;
    return { systems: unseen + online + offline, unseen, online, offline, paused: this.#paused };
  }

  #count(row: Row, by: 1 | -1): void {
    if (this.#systems.isRetired(row)) return;
    this.#byState[this.#systems.state(row)] += by;
    if (this.#systems.isPaused(row)) this.#paused += by;
  }
}

import type { EpochMs } from '@earshot/contracts';
import { appendRow, removeRow, type RowList } from '../silence/row-list.ts';
import { NONE, type Row, type SystemTable } from './system-table.ts';
import type { Work } from '../work.ts';

/**
 * Retired systems, longest retired first: the ones to forget are at the head. A retired system is in no silence list.
 */
export class RetiredQueue {
  readonly #systems: SystemTable;
  readonly #work: Work;
  readonly #list: RowList = { head: NONE, tail: NONE, size: 0 };

  constructor(systems: SystemTable, work: Work) {
    this.#systems = systems;
    this.#work = work;
    const retired: Row[] = [];
    for (const row of systems.rows()) if (systems.isRetired(row)) retired.push(row);
    for (const row of retired.sort((a, b) => systems.retiredAt(a) - systems.retiredAt(b))) this.add(row);
  }

  /** Takes in a system retired no earlier than the ones that are in. */
  add(row: Row): void {
    appendRow(this.#systems, this.#list, row);
  }

  remove(row: Row): void {
    removeRow(this.#systems, this.#list, row);
  }

  /** Takes out and answers those retired before an instant. */
  takeBefore(at: EpochMs): readonly Row[] {
    const taken: Row[] = [];
    for (let row = this.#list.head; row !== NONE && this.#systems.retiredAt(row) < at; row = this.#list.head) {
      this.remove(row);
      taken.push(row);
    }
    this.#work.operations += taken.length;
    return taken;
  }
}

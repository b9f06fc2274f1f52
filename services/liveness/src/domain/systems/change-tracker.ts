import type { FoldChanges } from '../partition-fold.ts';
import { systemRow } from './system-row.ts';
import { CHANGED, CLEAN, HEARTBEAT_ONLY, type Row, type SystemTable } from './system-table.ts';

/**
 * Which systems a commit has to store. Marking costs the same however often and for however many systems it is done.
 */
export class ChangeTracker {
  readonly #systems: SystemTable;
  /**
   * Rows in the order they became dirty; those that were forgotten meanwhile are clean again, or dirty as another's
   * row.
   */
  #dirty: Row[] = [];
  #dirtyCount = 0;
  readonly #removed = new Set<string>();

  constructor(systems: SystemTable) {
    this.#systems = systems;
  }

  /** Systems changed or removed since the last `take`. */
  get count(): number {
    return this.#dirtyCount + this.#removed.size;
  }

  /** A heartbeat moved since, openAt, lastSeen or credential, and nothing else changed. */
  heard(row: Row): void {
    if (this.#systems.dirt(row) === CLEAN) this.#soil(row, HEARTBEAT_ONLY);
  }

  changed(row: Row): void {
    if (this.#systems.dirt(row) === CLEAN) this.#soil(row, CHANGED);
    else this.#systems.setDirt(row, CHANGED);
  }

  /** To be called as long as the row is still the system's. */
  forgotten(row: Row): void {
    if (this.#systems.dirt(row) !== CLEAN) this.#dirtyCount -= 1;
    this.#systems.setDirt(row, CLEAN);
    this.#removed.add(this.#systems.id(row));
  }

  /** What changed since the last call. */
  take(): FoldChanges {
    const systems: FoldChanges['systems'][number][] = [];
    for (const row of this.#dirty) {
      const dirt = this.#systems.dirt(row);
      if (dirt === CLEAN) continue;
      systems.push({ row: systemRow(this.#systems, row), heartbeatOnly: dirt === HEARTBEAT_ONLY });
      this.#systems.setDirt(row, CLEAN);
    }
    const removed = [...this.#removed];
    this.#dirty = [];
    this.#dirtyCount = 0;
    this.#removed.clear();
    return { systems, removed };
  }

  #soil(row: Row, dirt: typeof HEARTBEAT_ONLY | typeof CHANGED): void {
    this.#systems.setDirt(row, dirt);
    this.#dirty.push(row);
    this.#dirtyCount += 1;
    if (dirt === CHANGED) this.#removed.delete(this.#systems.id(row));
  }
}

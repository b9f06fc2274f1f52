import { lateAfter } from './deadlines.ts';
import { ListHeap } from './list-heap.ts';
import type { LogTime } from '../log-time.ts';
import type { SilenceList } from './silence-list.ts';
import { NONE, NEVER, type Row, type SystemTable } from '../systems/system-table.ts';
import type { Work } from '../work.ts';

/**
 * Counts systems that have been silent for the late share of their ttl, by what changed since it counted last, never
 * by a scan:
 * - `silent`: `since + lateAfter <= proven`, time being open or not. In a list those are before its cursor.
 * - `late`: the same of contiguous open time. In a list of the current stretch that is the same; a list of an older
 *   one becomes late as a whole; a closing makes nobody late.
 *
 * Lists wait in a heap under the next instant at which their counts may change; it may be too low, never too high.
 */
export class LateQueue {
  late = 0;
  silent = 0;
  readonly #systems: SystemTable;
  readonly #time: LogTime;
  readonly #work: Work;
  readonly #heap: ListHeap<SilenceList>;
  /** The stretch that is open. */
  #stretch = 0;
  /** Proven time up to which systems are counted. */
  #countedTo = NEVER;

  constructor(systems: SystemTable, time: LogTime, work: Work) {
    this.#systems = systems;
    this.#time = time;
    this.#work = work;
    this.#heap = new ListHeap(work);
  }

  get stretch(): number {
    return this.#stretch;
  }

  /** Time was closed: a new stretch begins, and nobody is late in it. */
  beginStretch(): void {
    this.#stretch += 1;
    this.late = 0;
  }

  /** A list that has systems, of which none is counted yet. */
  add(list: SilenceList): void {
    list.cursor = list.head;
    this.#heap.add(list.lateEntry, this.#systems.since(list.head) + lateAfter(list.kind.ttl), 0);
    this.#pass(list, this.#countedTo);
  }

  remove(list: SilenceList): void {
    this.#heap.remove(list.lateEntry);
  }

  /** A system was appended; silent for no time at all. */
  joined(list: SilenceList, row: Row): void {
    if (list.cursor === NONE) list.cursor = row;
  }

  /** To be called while the system is still in the list, with its old `since`. */
  leaves(list: SilenceList, row: Row): void {
    if (list.cursor === row) list.cursor = this.#systems.next(row);
    const isCurrent = list.kind.stretch === this.#stretch;
    if (list.lateStretch === this.#stretch) this.late -= 1;
    if (this.#systems.since(row) + lateAfter(list.kind.ttl) > this.#countedTo) return;
    list.silent -= 1;
    this.silent -= 1;
    if (isCurrent) this.late -= 1;
  }

  /** Brings both counts to the time that is proven now. */
  count(): void {
    this.#countedTo = this.#time.proven;
    for (;;) {
      const entry = this.#heap.lowest();
      if (entry === undefined || entry.key > this.#countedTo) return;
      this.#pass(entry.item, this.#countedTo);
      this.#heap.move(entry, this.#nextChange(entry.item), 0);
    }
  }

  #pass(list: SilenceList, to: number): void {
    const { kind } = list;
    const silentNow = this.#moveCursor(list, to - lateAfter(kind.ttl));
    list.silent += silentNow;
    this.silent += silentNow;
    if (kind.stretch === this.#stretch) this.late += silentNow;
    else if (list.lateStretch !== this.#stretch && this.#time.openSince + lateAfter(kind.ttl) <= to) {
      list.lateStretch = this.#stretch;
      this.late += list.size;
    }
  }

  /** How many more are silent: their `since` is not above `to`. A list that is silent to its end is not walked. */
  #moveCursor(list: SilenceList, to: number): number {
    if (list.cursor === NONE) return 0;
    if (this.#systems.since(list.tail) <= to) {
      list.cursor = NONE;
      return list.size - list.silent;
    }
    let passed = 0;
    for (; this.#systems.since(list.cursor) <= to; passed += 1) list.cursor = this.#systems.next(list.cursor);
    this.#work.operations += passed;
    return passed;
  }

  /**
   * The next silent one; or, as long as the list is not late as a whole, when that is. A closing still to come makes
   * it late no earlier than `lateAfter` from now, and systems still to be appended become silent no earlier either.
   */
  #nextChange(list: SilenceList): number {
    const after = lateAfter(list.kind.ttl);
    const isLateAsAWhole = list.kind.stretch === this.#stretch || list.lateStretch === this.#stretch;
    const wholeLateAt = (isLateAsAWhole ? this.#countedTo : this.#time.openSince) + after;
    return list.cursor === NONE ? wholeLateAt : Math.min(wholeLateAt, this.#systems.since(list.cursor) + after);
  }
}

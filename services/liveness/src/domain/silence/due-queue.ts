import type { DurationMs, EpochMs } from '@earshot/contracts';
import { accumulatedDueAfter, dueAfter } from './deadlines.ts';
import { type HeapEntry, ListHeap } from './list-heap.ts';
import type { LogTime } from '../log-time.ts';
import type { SilenceList } from './silence-list.ts';
import type { Row, SystemTable } from '../systems/system-table.ts';
import type { Work } from '../work.ts';

/** What decides when a system is due. */
interface Known {
  readonly systems: SystemTable;
  readonly time: LogTime;
}

/**
 * The instant of proven time at which a system is due (V2): it is, once that is not above `proven`. After `dueAfter`
 * of contiguous open silence; or, counting open time back from or on from `proven`, once enough has accumulated. As
 * long as the system is not restarted this only ever moves later: `openSince` does, and open time never outruns
 * proven time.
 */
export const dueAt = ({ systems, time }: Known, row: Row, after: DurationMs): EpochMs =>
  Math.min(
    Math.max(systems.since(row), time.openSince) + after,
    time.proven + systems.openAt(row) + accumulatedDueAfter(after) - time.open,
  );

/**
 * Lists by when their first system is due. A list waits under a key that may be too low, since whatever happens to it
 * while it waits makes that later; never too high. So a closing touches nothing here, and a list is looked at only
 * when its key has come.
 *
 * Under a hold, lists that are due but for the hold would come up at every knock. They wait under their later instant
 * instead, and are remembered as set aside, because that key is too high once the hold ends: `wake` must be called
 * then.
 */
export class DueQueue {
  readonly #known: Known;
  readonly #heap: ListHeap<SilenceList>;
  readonly #aside = new Set<SilenceList>();

  constructor(known: Known, work: Work) {
    this.#known = known;
    this.#heap = new ListHeap(work);
  }

  add(list: SilenceList): void {
    this.#heap.add(list.dueEntry, this.#dueAt(list, false), this.#known.systems.since(list.head));
  }

  remove(list: SilenceList): void {
    this.#heap.remove(list.dueEntry);
    this.#aside.delete(list);
  }

  /** Some system is due, no hold being on. */
  hasDue(): boolean {
    return this.#earliest(false) !== undefined;
  }

  /**
   * Takes out the lists that are due and whose first systems are of the same, lowest order: (dueAt, since). None if
   * none is due. The caller adds again those that it leaves systems in.
   */
  takeEarliest(isHeld: boolean): readonly SilenceList[] {
    const first = this.#earliest(isHeld);
    if (first === undefined) return [];
    const lists: SilenceList[] = [];
    const { key, tie } = first;
    for (
      let entry: HeapEntry<SilenceList> | undefined = first;
      entry !== undefined && entry.key === key && entry.tie === tie;
      entry = this.#earliest(isHeld)
    ) {
      this.#heap.remove(entry);
      lists.push(entry.item);
    }
    return lists;
  }

  /** The hold has ended: what it set aside is due as if it had never been. */
  wake(): void {
    for (const list of this.#aside) this.#move(list, false);
    this.#aside.clear();
  }

  /** Corrects keys from the lowest on until it is exact; undefined once that is not due yet. */
  #earliest(isHeld: boolean): HeapEntry<SilenceList> | undefined {
    for (;;) {
      const entry = this.#heap.lowest();
      if (entry === undefined || entry.key > this.#known.time.proven) return undefined;
      const list = entry.item;
      const isHeldBack = isHeld && this.#dueAt(list, false) <= this.#known.time.proven;
      if (isHeldBack) this.#aside.add(list);
      const { key, tie } = entry;
      this.#move(list, isHeldBack);
      if (entry.key === key && entry.tie === tie) return entry;
    }
  }

  #move(list: SilenceList, isHeld: boolean): void {
    this.#heap.move(list.dueEntry, this.#dueAt(list, isHeld), this.#known.systems.since(list.head));
  }

  #dueAt(list: SilenceList, isHeld: boolean): EpochMs {
    return dueAt(this.#known, list.head, dueAfter(list.kind.ttl, isHeld));
  }
}

import type { Work } from '../work.ts';

/** A thing that waits in a heap. */
export interface HeapEntry<T> {
  readonly item: T;
  key: number;
  /** Decides between equal keys. */
  tie: number;
  /** Where it is; OUTSIDE when in no heap. Kept by the heap. */
  index: number;
}

const OUTSIDE = -1;

export const heapEntry = <T>(item: T): HeapEntry<T> => ({ item, key: 0, tie: 0, index: OUTSIDE });

/**
 * Lowest (key, tie) first. Entries can be moved and taken out wherever they are; every call costs the logarithm of
 * the size.
 */
export class ListHeap<T> {
  readonly #entries: HeapEntry<T>[] = [];
  readonly #work: Work;

  constructor(work: Work) {
    this.#work = work;
  }

  get size(): number {
    return this.#entries.length;
  }

  lowest(): HeapEntry<T> | undefined {
    return this.#entries[0];
  }

  add(entry: HeapEntry<T>, key: number, tie: number): void {
    entry.key = key;
    entry.tie = tie;
    this.#entries.push(entry);
    this.#up(entry, this.#entries.length - 1);
  }

  move(entry: HeapEntry<T>, key: number, tie: number): void {
    entry.key = key;
    entry.tie = tie;
    this.#up(entry, entry.index);
    this.#down(entry, entry.index);
  }

  /** Does nothing for an entry that is outside. */
  remove(entry: HeapEntry<T>): void {
    const { index } = entry;
    if (index === OUTSIDE) return;
    entry.index = OUTSIDE;
    const last = this.#entries.pop();
    if (last === undefined || last === entry) return;
    this.#up(last, index);
    this.#down(last, last.index);
  }

  #up(entry: HeapEntry<T>, from: number): void {
    let index = from;
    for (;;) {
      this.#work.operations += 1;
      const parent = index === 0 ? undefined : this.#entries[(index - 1) >> 1];
      if (parent === undefined || !isBefore(entry, parent)) break;
      this.#place(parent, index);
      index = (index - 1) >> 1;
    }
    this.#place(entry, index);
  }

  #down(entry: HeapEntry<T>, from: number): void {
    let index = from;
    for (;;) {
      this.#work.operations += 1;
      const left = this.#entries[2 * index + 1];
      const right = this.#entries[2 * index + 2];
      const child = left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, entry)) break;
      const next = child.index;
      this.#place(child, index);
      index = next;
    }
    this.#place(entry, index);
  }

  #place(entry: HeapEntry<T>, index: number): void {
    this.#entries[index] = entry;
    entry.index = index;
  }
}

const isBefore = (a: HeapEntry<unknown>, b: HeapEntry<unknown>): boolean =>
  a.key < b.key || (a.key === b.key && a.tie < b.tie);

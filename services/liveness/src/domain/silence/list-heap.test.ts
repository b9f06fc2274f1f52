import { describe, expect, it } from 'vitest';
import { heapEntry, ListHeap } from './list-heap.ts';

describe('the heap', () => {
  it('gives the lowest first, ties by the second number, wherever entries are added, moved or taken out', () => {
    const heap = new ListHeap<number>({ operations: 0 });
    const entries = Array.from({ length: 200 }, (_, i) => heapEntry(i));
    entries.forEach((entry, i) => heap.add(entry, (i * 37) % 50, (i * 13) % 7));
    entries.filter((_, i) => i % 3 === 0).forEach((entry, i) => heap.move(entry, (i * 29) % 60, i % 5));
    entries.filter((_, i) => i % 4 === 1).forEach((entry) => heap.remove(entry));
    const order: (readonly [number, number])[] = [];
    for (let entry = heap.lowest(); entry !== undefined; entry = heap.lowest()) {
      order.push([entry.key, entry.tie]);
      heap.remove(entry);
    }
    expect(order).toHaveLength(150);
    expect(order).toEqual(order.toSorted(([a, b], [c, d]) => a - c || b - d));
  });

  it('takes an entry out once', () => {
    const heap = new ListHeap<string>({ operations: 0 });
    const [a, b] = [heapEntry('a'), heapEntry('b')];
    heap.add(a, 1, 0);
    heap.add(b, 2, 0);
    heap.remove(a);
    heap.remove(a);
    expect([heap.lowest()?.item, heap.size]).toEqual(['b', 1]);
  });
});

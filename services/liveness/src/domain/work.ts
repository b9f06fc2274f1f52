/** Steps taken in lists and heaps. Cost is proven by counting them, since time on a shared machine proves nothing. */
export interface Work {
  operations: number;
}

import type { DurationMs } from '@earshot/contracts';
import { heapEntry, type HeapEntry } from './list-heap.ts';
import type { RowList } from './row-list.ts';
import { NONE, type Row } from '../systems/system-table.ts';

/** What the systems of one list have in common. */
export interface SilenceKind {
  readonly ttl: DurationMs;
  /** Verdicts about them are withheld for now (after a rebuild). */
  readonly isMuted: boolean;
  /** Number of the open stretch; an older one's list takes no more systems and becomes late and due as a whole. */
  readonly stretch: number;
  /** Made in one go: among those of equal `since` in order of system_id. Takes no more systems either. */
  readonly isSorted: boolean;
}

/**
 * Listed systems of one ttl whose silence began in one open stretch, in order of `since` and, because the stretch is
 * one, of `openAt` too; of equal `since` is of equal `openAt`. So whatever becomes late or due is at the head (V3).
 */
export class SilenceList implements RowList {
  readonly id: number;
  readonly kind: SilenceKind;
  head: Row = NONE;
  tail: Row = NONE;
  size = 0;
  /** First that was not yet silent when last counted; NONE if all were. */
  cursor: Row = NONE;
  /** How many are before the cursor. */
  silent = 0;
  /** The stretch in which this list, being of an older one, was counted late as a whole; NONE if in none. */
  lateStretch: number = NONE;
  readonly lateEntry: HeapEntry<SilenceList> = heapEntry<SilenceList>(this);
  readonly dueEntry: HeapEntry<SilenceList> = heapEntry<SilenceList>(this);

  constructor(id: number, kind: SilenceKind) {
    this.id = id;
    this.kind = kind;
  }
}

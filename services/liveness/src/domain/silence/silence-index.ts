import type { DurationMs, EpochMs } from '@earshot/contracts';
import { DueQueue } from './due-queue.ts';
import { earliestRows } from './earliest-rows.ts';
import { groupBySilence } from './group-by-silence.ts';
import { LateQueue } from './late-queue.ts';
import type { LogTime } from '../log-time.ts';
import { appendRow, removeRow } from './row-list.ts';
import { type SilenceKind, SilenceList } from './silence-list.ts';
import { NONE, type Row, type SystemTable } from '../systems/system-table.ts';
import type { Work } from '../work.ts';

/**
 * A list that has taken this many gives way to a new one. A list silent to its end is counted in one step, so this
 * bounds what a knock walks where proven time jumps past many systems at once, as after an outage. Lower: more lists
 * to wait in heaps.
 */
const LIST_SYSTEMS_MAX = 4_096;

/**
 * The listed systems in order of their silence (V3): who is late and who is due, without ever scanning.
 *
 * Each ttl has a list for the current open stretch, to whose end a system moves with every heartbeat. A closing only
 * begins a new stretch and with it new lists: it walks nothing. The older lists empty as their systems are heard
 * again, or become late and due as a whole. An empty list is dropped at once, so there are never more lists than
 * listed systems.
 */
export class SilenceIndex {
  readonly #systems: SystemTable;
  readonly #time: LogTime;
  readonly #work: Work;
  #listed = 0;
  readonly #lists: (SilenceList | undefined)[] = [];
  readonly #freeIds: number[] = [];
  readonly #late: LateQueue;
  readonly #due: DueQueue;
  /** Muted lists wait apart: they can open a hold but give no verdicts, and would be in the way of those that do. */
  readonly #mutedDue: DueQueue;
  /** The lists that take systems now. */
  #current = new Map<DurationMs, SilenceList>();
  #currentMuted = new Map<DurationMs, SilenceList>();

  /**
   * Sorts all listed systems. For loading, and for the rare records that move every system at once; they make a new
   * index instead of mending the old one.
   */
  constructor(systems: SystemTable, time: LogTime, work: Work) {
    this.#systems = systems;
    this.#time = time;
    this.#work = work;
    this.#late = new LateQueue(systems, time, work);
    this.#due = new DueQueue({ systems, time }, work);
    this.#mutedDue = new DueQueue({ systems, time }, work);
    for (const { kind, rows } of groupBySilence(systems, (row) => this.#kindOf(row))) this.#addList(kind, rows);
    this.count();
  }

  /** Listed systems. */
  get listed(): number {
    return this.#listed;
  }

  /** Listed systems silent for the late share of their ttl within the open stretch, as of the last `count`. */
  get late(): number {
    return this.#late.late;
  }

  /** The same, with closed time counted too. */
  get silent(): number {
    return this.#late.silent;
  }

  /** Lists there are; tests prove their bound. */
  get lists(): number {
    return this.#lists.length - this.#freeIds.length;
  }

  /** The system's silence begins now, at `since`. It goes to the end of its list, or into none if it is not listed. */
  restart(row: Row, since: EpochMs, openAt: DurationMs): void {
    const left = this.#detach(row);
    this.#systems.setSince(row, since, openAt);
    if (this.#systems.isListed(row)) this.#join(row);
    if (left?.size === 0) this.#drop(left);
  }

  /** Takes the system out, if it is in. */
  unlist(row: Row): void {
    const left = this.#detach(row);
    if (left?.size === 0) this.#drop(left);
  }

  /** Verdicts about the system are no longer withheld. It is as silent as it was, so it gets a list of its own. */
  unmute(row: Row): void {
    if (this.#lists[this.#systems.list(row)]?.kind.isMuted !== true) return;
    this.unlist(row);
    this.#addList(this.#kindOf(row), [row]);
  }

  /** Time was closed, `openSince` has moved. */
  beginStretch(): void {
    this.#late.beginStretch();
    this.#current = new Map();
    this.#currentMuted = new Map();
  }

  /** Counts who is late and silent at the time proven now. */
  count(): void {
    this.#late.count();
  }

  /** Some listed system is due, no hold being on; muted ones count. */
  hasDue(): boolean {
    return this.#due.hasDue() || this.#mutedDue.hasDue();
  }

  /** The hold that was on is not any more. */
  endHold(): void {
    this.#due.wake();
  }

  /** Unlists and answers the due systems, at most `limit`: lowest (dueAt, since, system_id). Muted ones stay. */
  takeDue(isHeld: boolean, limit: number): readonly Row[] {
    const taken: Row[] = [];
    while (taken.length < limit) {
      const lists = this.#due.takeEarliest(isHeld);
      if (lists.length === 0) break;
      const rows = earliestRows(this.#systems, lists, limit - taken.length);
      for (const list of lists) this.#due.add(list);
      for (const row of rows) {
        this.unlist(row);
        taken.push(row);
      }
    }
    return taken;
  }

  #kindOf(row: Row): SilenceKind {
    const isCurrent = this.#systems.since(row) > this.#time.openSince;
    return {
      ttl: this.#systems.ttl(row),
      isMuted: this.#isMuted(row),
      stretch: isCurrent ? this.#late.stretch : NONE,
      isSorted: true,
    };
  }

  /** As of the record being folded, or the one folded last: that a later one unmutes is `unmute`'s business. */
  #isMuted(row: Row): boolean {
    return this.#systems.mutedTo(row) >= this.#time.position;
  }

  #join(row: Row): void {
    const ttl = this.#systems.ttl(row);
    const isMuted = this.#isMuted(row);
    const current = isMuted ? this.#currentMuted : this.#current;
    const list = current.get(ttl);
    if (list !== undefined && list.size < LIST_SYSTEMS_MAX) this.#attach(list, row);
    else current.set(ttl, this.#addList({ ttl, isMuted, stretch: this.#late.stretch, isSorted: false }, [row]));
  }

  #addList(kind: SilenceKind, rows: Iterable<Row>): SilenceList {
    const id = this.#freeIds.pop() ?? this.#lists.length;
    const list = new SilenceList(id, kind);
    this.#lists[id] = list;
    for (const row of rows) this.#attach(list, row);
    this.#late.add(list);
    this.#dueOf(list).add(list);
    return list;
  }

  #drop(list: SilenceList): void {
    this.#late.remove(list);
    this.#dueOf(list).remove(list);
    const current = list.kind.isMuted ? this.#currentMuted : this.#current;
    if (current.get(list.kind.ttl) === list) current.delete(list.kind.ttl);
    this.#lists[list.id] = undefined;
    this.#freeIds.push(list.id);
  }

  #dueOf(list: SilenceList): DueQueue {
    return list.kind.isMuted ? this.#mutedDue : this.#due;
  }

  #attach(list: SilenceList, row: Row): void {
    appendRow(this.#systems, list, row);
    this.#systems.setList(row, list.id);
    this.#late.joined(list, row);
    this.#listed += 1;
    this.#work.operations += 1;
  }

  #detach(row: Row): SilenceList | undefined {
    const list = this.#lists[this.#systems.list(row)];
    if (list === undefined) return undefined;
    this.#late.leaves(list, row);
    removeRow(this.#systems, list, row);
    this.#systems.setList(row, NONE);
    this.#listed -= 1;
    this.#work.operations += 1;
    return list;
  }
}

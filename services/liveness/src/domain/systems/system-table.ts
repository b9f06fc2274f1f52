import type { DurationMs, EpochMs, SystemState } from '@earshot/contracts';
import { NameTable, type NameIndex } from './name-table.ts';

/**
 * Where a system's columns are. Stays the same as long as the system is known; used again for another one after that.
 */
export type Row = number;

/** No row, no list. */
export const NONE = -1;

/** An instant that never was; before every other. */
export const NEVER: EpochMs = Number.NEGATIVE_INFINITY;

/** What a commit has to store of a row. */
export const CLEAN = 0;
export const HEARTBEAT_ONLY = 1;
export const CHANGED = 2;
export type Dirt = typeof CLEAN | typeof HEARTBEAT_ONLY | typeof CHANGED;
const DIRTS: readonly Dirt[] = [CLEAN, HEARTBEAT_ONLY, CHANGED];

/** Bytes of a row: eight numbers and eight integers that lie together, so that a heartbeat touches little memory. */
const ROW_BYTES = 96;

/** Instants, durations and positions: integers up to 2^53. Columns are counted in the row's eights of bytes. */
const ROW_NUMBERS = ROW_BYTES / 8;
const [SINCE, OPEN_AT, LAST_SEEN, TTL_REVISION, MUTED_TO, REVISION, REGISTRATION, RETIRED_AT] = [
  0, 1, 2, 3, 4, 5, 6, 7,
] as const;

/** Rows, lists, indexes of names; the ttl, which needs all 32 bits. Columns are counted in the row's fours of bytes. */
const ROW_INTEGERS = ROW_BYTES / 4;
const [TTL, FLAGS, LIST, NEXT, PREVIOUS, FLEET, CREDENTIAL, SEQUENCE] = [16, 17, 18, 19, 20, 21, 22, 23] as const;

const STATES: readonly SystemState[] = ['unseen', 'online', 'offline'];
const STATE_MASK = 3;
const ONLINE = 1;
const PAUSED = 4;
const RETIRED = 8;
const STATE_FLAGS = STATE_MASK | PAUSED | RETIRED;
const DIRT_SHIFT = 4;
const DIRT_MASK = 3 << DIRT_SHIFT;

const ROWS_INITIAL = 64;
/** Room grows by half: less is copied more often, more leaves more memory idle. */
const GROWTH = 1.5;

/**
 * One fixed row per system: two typed arrays in which all that a heartbeat touches lies together. An object per
 * system would take three times the memory and make the garbage collector walk millions of them.
 *
 * Knows no rules. Columns of a row that is not in use mean nothing.
 */
export class SystemTable {
  #numbers = new Float64Array(ROWS_INITIAL * ROW_NUMBERS);
  /** The same memory. */
  #integers = new Int32Array(this.#numbers.buffer);
  readonly #rows = new Map<string, Row>();
  readonly #ids: string[] = [];
  readonly #free: Row[] = [];
  readonly #fleets = new NameTable();
  readonly #credentials = new NameTable();

  /** Systems known. */
  get size(): number {
    return this.#rows.size;
  }

  /** Fleets and credentials kept; tests prove their bound. */
  get names(): number {
    return this.#fleets.size + this.#credentials.size;
  }

  /** The system's row, or NONE. */
  find(systemId: string): Row {
    return this.#rows.get(systemId) ?? NONE;
  }

  /** A row for a system that has none, blank: unseen, never heard, in no list, with empty names. */
  add(systemId: string): Row {
    const row = this.#free.pop() ?? this.#ids.length;
    this.#reserve(row + 1);
    this.#ids[row] = systemId;
    this.#rows.set(systemId, row);
    this.#numbers.fill(0, row * ROW_NUMBERS, (row + 1) * ROW_NUMBERS);
    this.#set(row, LAST_SEEN, NEVER);
    this.#set(row, RETIRED_AT, NEVER);
    this.#set(row, MUTED_TO, -1);
    this.#setInteger(row, LIST, NONE);
    this.#setInteger(row, FLEET, this.#fleets.intern(''));
    this.#setInteger(row, CREDENTIAL, this.#credentials.intern(''));
    return row;
  }

  /** Forgets a system that is in no list. Its row will be another's. */
  remove(row: Row): void {
    this.#rows.delete(this.id(row));
    this.#ids[row] = '';
    this.#free.push(row);
    this.#fleets.release(this.#integer(row, FLEET));
    this.#credentials.release(this.#integer(row, CREDENTIAL));
    this.setDirt(row, CLEAN);
  }

  /** Every row in use. */
  rows(): IterableIterator<Row> {
    return this.#rows.values();
  }

  id(row: Row): string {
    return this.#ids[row] ?? '';
  }

  since(row: Row): EpochMs {
    return this.#number(row, SINCE);
  }

  openAt(row: Row): DurationMs {
    return this.#number(row, OPEN_AT);
  }

  /** Both at once: silence counts from here. */
  setSince(row: Row, since: EpochMs, openAt: DurationMs): void {
    this.#set(row, SINCE, since);
    this.#set(row, OPEN_AT, openAt);
  }

  /** NEVER before the first heartbeat. */
  lastSeen(row: Row): EpochMs {
    return this.#number(row, LAST_SEEN);
  }

  setLastSeen(row: Row, at: EpochMs): void {
    this.#set(row, LAST_SEEN, at);
  }

  ttl(row: Row): DurationMs {
    return this.#integer(row, TTL) >>> 0;
  }

  ttlRevision(row: Row): number {
    return this.#number(row, TTL_REVISION);
  }

  setTtl(row: Row, ttl: DurationMs, revision: number): void {
    this.#setInteger(row, TTL, ttl);
    this.#set(row, TTL_REVISION, revision);
  }

  revision(row: Row): number {
    return this.#number(row, REVISION);
  }

  setRevision(row: Row, revision: number): void {
    this.#set(row, REVISION, revision);
  }

  registration(row: Row): number {
    return this.#number(row, REGISTRATION);
  }

  setRegistration(row: Row, revision: number): void {
    this.#set(row, REGISTRATION, revision);
  }

  mutedTo(row: Row): number {
    return this.#number(row, MUTED_TO);
  }

  setMutedTo(row: Row, position: number): void {
    this.#set(row, MUTED_TO, position);
  }

  /** NEVER unless retired. */
  retiredAt(row: Row): EpochMs {
    return this.#number(row, RETIRED_AT);
  }

  isRetired(row: Row): boolean {
    return (this.#integer(row, FLAGS) & RETIRED) !== 0;
  }

  /** NEVER takes the retirement back. */
  setRetiredAt(row: Row, at: EpochMs): void {
    this.#set(row, RETIRED_AT, at);
    this.#flag(row, RETIRED, at !== NEVER);
  }

  state(row: Row): SystemState {
    return STATES[this.#integer(row, FLAGS) & STATE_MASK] ?? 'unseen';
  }

  setState(row: Row, state: SystemState): void {
    this.#setInteger(row, FLAGS, (this.#integer(row, FLAGS) & ~STATE_MASK) | STATES.indexOf(state));
  }

  isOnline(row: Row): boolean {
    return (this.#integer(row, FLAGS) & STATE_MASK) === ONLINE;
  }

  isPaused(row: Row): boolean {
    return (this.#integer(row, FLAGS) & PAUSED) !== 0;
  }

  setPaused(row: Row, isPaused: boolean): void {
    this.#flag(row, PAUSED, isPaused);
  }

  /** Online, not paused and not retired: its silence can make it offline. */
  isListed(row: Row): boolean {
    return (this.#integer(row, FLAGS) & STATE_FLAGS) === ONLINE;
  }

  sequence(row: Row): number {
    return this.#integer(row, SEQUENCE);
  }

  setSequence(row: Row, sequence: number): void {
    this.#setInteger(row, SEQUENCE, sequence);
  }

  fleet(row: Row): string {
    return this.#fleets.name(this.#integer(row, FLEET));
  }

  setFleet(row: Row, name: string): void {
    this.#rename(row, FLEET, name);
  }

  credential(row: Row): string {
    return this.#credentials.name(this.#integer(row, CREDENTIAL));
  }

  setCredential(row: Row, name: string): void {
    this.#rename(row, CREDENTIAL, name);
  }

  dirt(row: Row): Dirt {
    return DIRTS[(this.#integer(row, FLAGS) & DIRT_MASK) >> DIRT_SHIFT] ?? CLEAN;
  }

  setDirt(row: Row, dirt: Dirt): void {
    this.#setInteger(row, FLAGS, (this.#integer(row, FLAGS) & ~DIRT_MASK) | (dirt << DIRT_SHIFT));
  }

  /** The silence list the row is in, or NONE. */
  list(row: Row): number {
    return this.#integer(row, LIST);
  }

  setList(row: Row, list: number): void {
    this.#setInteger(row, LIST, list);
  }

  /** Neighbours in the one list a row can be in; see row-list.ts. */
  next(row: Row): Row {
    return this.#integer(row, NEXT);
  }

  setNext(row: Row, next: Row): void {
    this.#setInteger(row, NEXT, next);
  }

  previous(row: Row): Row {
    return this.#integer(row, PREVIOUS);
  }

  setPrevious(row: Row, previous: Row): void {
    this.#setInteger(row, PREVIOUS, previous);
  }

  #rename(row: Row, column: typeof FLEET | typeof CREDENTIAL, name: string): void {
    const names = column === FLEET ? this.#fleets : this.#credentials;
    const index: NameIndex = this.#integer(row, column);
    if (names.name(index) === name) return;
    this.#setInteger(row, column, names.intern(name));
    names.release(index);
  }

  #flag(row: Row, flag: number, isSet: boolean): void {
    const flags = this.#integer(row, FLAGS);
    this.#setInteger(row, FLAGS, isSet ? flags | flag : flags & ~flag);
  }

  #number(row: Row, column: number): number {
    return this.#numbers[row * ROW_NUMBERS + column] ?? 0;
  }

  #set(row: Row, column: number, value: number): void {
    this.#numbers[row * ROW_NUMBERS + column] = value;
  }

  #integer(row: Row, column: number): number {
    return this.#integers[row * ROW_INTEGERS + column] ?? 0;
  }

  #setInteger(row: Row, column: number, value: number): void {
    this.#integers[row * ROW_INTEGERS + column] = value;
  }

  #reserve(rows: number): void {
    const room = this.#numbers.length / ROW_NUMBERS;
    if (rows <= room) return;
    const numbers = new Float64Array(Math.ceil(room * GROWTH) * ROW_NUMBERS);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    this.#integers = new Int32Array(numbers.buffer);
  }
}

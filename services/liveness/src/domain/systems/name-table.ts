/** What `NameTable.intern` gives for a name: a small number that fits a column. */
export type NameIndex = number;

interface NameEntry {
  readonly name: string;
  uses: number;
}

/**
 * Names that many systems share, each kept once. Uses are counted, so that memory follows the names in use and not
 * the names ever seen: credentials rotate for years.
 */
export class NameTable {
  readonly #entries: NameEntry[] = [];
  readonly #indexes = new Map<string, NameIndex>();
  readonly #free: NameIndex[] = [];

  /** Names in use. */
  get size(): number {
    return this.#indexes.size;
  }

  /** The index of a name, counted as used once more. */
  intern(name: string): NameIndex {
    const known = this.#indexes.get(name);
    if (known !== undefined) {
      this.#entry(known).uses += 1;
      return known;
    }
    const index = this.#free.pop() ?? this.#entries.length;
    this.#entries[index] = { name, uses: 1 };
    this.#indexes.set(name, index);
    return index;
  }

  /** Gives one use back; the last one forgets the name. */
  release(index: NameIndex): void {
    const entry = this.#entry(index);
    entry.uses -= 1;
    if (entry.uses > 0) return;
    this.#indexes.delete(entry.name);
    this.#free.push(index);
  }

  name(index: NameIndex): string {
    return this.#entry(index).name;
  }

  #entry(index: NameIndex): NameEntry {
    const entry = this.#entries[index];
    if (entry === undefined) throw new Error(`no name has index ${index}`);
    return entry;
  }
}

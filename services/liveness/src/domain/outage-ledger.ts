import { EVIDENCE_OUTAGES_MAX, LEDGER_OUTAGES_MAX } from '@earshot/contracts';
import type { EpochMs, Outage } from '@earshot/contracts';

/**
 * The closed stretches of a partition, in log order; the newest LEDGER_OUTAGES_MAX. For readers only: no verdict
 * depends on it.
 */
export class OutageLedger {
  readonly #outages: Outage[];
  /** Answers of `since` by their length: thousands of verdicts of one knock share a few of them. */
  #newest = new Map<number, readonly Outage[]>();

  constructor(outages: Iterable<Outage>) {
    this.#outages = [...outages];
  }

  add(outage: Outage): void {
    this.#outages.push(outage);
    if (this.#outages.length > LEDGER_OUTAGES_MAX) this.#outages.shift();
    this.#newest.clear();
  }

  /** Makes the newest outage last up to `to` if it reaches `from`; false if there is none or it does not. */
  extend(from: EpochMs, to: EpochMs): boolean {
    const last = this.#outages.at(-1);
    if (last === undefined || last.to < from) return false;
    this.#outages[this.#outages.length - 1] = { ...last, to: Math.max(last.to, to) };
    this.#newest.clear();
    return true;
  }

  /** Outages that ended after an instant, oldest first; the newest EVIDENCE_OUTAGES_MAX. */
  since(at: EpochMs): readonly Outage[] {
    let count = 0;
    while (count < EVIDENCE_OUTAGES_MAX && this.#endOf(count) > at) count += 1;
    const known = this.#newest.get(count);
    if (known !== undefined) return known;
    const outages = this.#outages.slice(this.#outages.length - count);
    this.#newest.set(count, outages);
    return outages;
  }

  toArray(): readonly Outage[] {
    return [...this.#outages];
  }

  /** End of an outage, counted from the newest one back. */
  #endOf(age: number): EpochMs {
    return this.#outages[this.#outages.length - 1 - age]?.to ?? Number.NEGATIVE_INFINITY;
  }
}

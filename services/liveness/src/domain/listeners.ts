import { KNOCK_GAP_MS, LISTENER_LEAVE_MS } from '@earshot/contracts';
import type { EpochMs, KnockRecord, Listener } from '@earshot/contracts';

/** The ingests whose knocks the partition has seen (T4), in the order in which they were first heard. */
export class Listeners {
  readonly #byIngest = new Map<string, Listener>();

  constructor(listeners: Iterable<Listener>) {
    for (const listener of listeners) this.#byIngest.set(listener.ingest, listener);
  }

  find(ingest: string): Listener | undefined {
    return this.#byIngest.get(ingest);
  }

  /** Someone listens who is not about to leave: only that makes time open. */
  get someoneStays(): boolean {
    for (const listener of this.#byIngest.values()) if (!listener.leaving) return true;
    return false;
  }

  /** The oldest among their newest knocks; null if nobody listens. */
  get oldestKnock(): EpochMs | null {
    let oldest: EpochMs | null = null;
    for (const { at } of this.#byIngest.values()) oldest = oldest === null ? at : Math.min(oldest, at);
    return oldest;
  }

  hear(knock: KnockRecord, now: EpochMs): void {
    if (knock.goodbye === true) {
      this.#byIngest.delete(knock.ingest);
      return;
    }
    const { ingest, n, leaving = false } = knock;
    this.#byIngest.set(ingest, { ingest, at: now, n, timer: now, leaving });
  }

  /** Nobody knocked for a while, so nobody can be said to have left meanwhile. */
  restartTimers(now: EpochMs): void {
    for (const listener of this.#byIngest.values()) this.#byIngest.set(listener.ingest, { ...listener, timer: now });
  }

  /** Gives up those that others have long outlasted; answers the last one's name, null if there was none. */
  giveUpVanished(now: EpochMs): string | null {
    let vanished: string | null = null;
    for (const { ingest, timer } of this.#byIngest.values()) {
      if (now - timer <= LISTENER_LEAVE_MS) continue;
      this.#byIngest.delete(ingest);
      vanished = ingest;
    }
    return vanished;
  }

  /** T5: the log's clock was set back. */
  setBack(at: EpochMs): void {
    for (const listener of this.#byIngest.values()) this.#byIngest.set(listener.ingest, { ...listener, at, timer: at });
  }

  clear(): void {
    this.#byIngest.clear();
  }

  toArray(): readonly Listener[] {
    return [...this.#byIngest.values()];
  }
}

/** Too long between two knocks: what came between may not have been heard. */
export const isGap = (from: EpochMs, to: EpochMs): boolean => to - from > KNOCK_GAP_MS;

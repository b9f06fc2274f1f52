import type { PartitionEvent, Transition } from '@earshot/contracts';
import type { FoldEffects, IgnoredReason } from './partition-fold.ts';

const NOTHING: FoldEffects = { transitions: [], events: [], ignored: null };

const IGNORED: Readonly<Record<IgnoredReason, FoldEffects>> = {
  other_fleet: { ...NOTHING, ignored: 'other_fleet' },
  retired: { ...NOTHING, ignored: 'retired' },
  stale_revision: { ...NOTHING, ignored: 'stale_revision' },
  repeated_knock: { ...NOTHING, ignored: 'repeated_knock' },
};

/** Gathers what one record brings about. Most bring nothing, and nothing is allocated for them. */
export class EffectsDraft {
  #transitions: Transition[] = [];
  #events: PartitionEvent[] = [];

  addTransition(transition: Transition): void {
    this.#transitions.push(transition);
  }

  addEvent(event: PartitionEvent): void {
    this.#events.push(event);
  }

  /** What was gathered since the last call. */
  take(ignored: IgnoredReason | null): FoldEffects {
    const transitions = this.#transitions;
    const events = this.#events;
    if (transitions.length === 0 && events.length === 0) return ignored === null ? NOTHING : IGNORED[ignored];
    this.#transitions = [];
    this.#events = [];
    return { transitions, events, ignored };
  }
}

import type { PartitionState, SystemRow, Transition } from '@earshot/contracts';
import type { World } from './fold-worlds.ts';
import type { FoldEffects, FoldRecord } from '../domain/partition-fold.ts';

/** What every fold can do, the one that production runs and the reference alike. */
export interface ComparableFold {
  fold(record: FoldRecord): FoldEffects;
  state(): PartitionState;
  rows(): Iterable<SystemRow>;
}

/** Makes a fold: empty, or continuing from plain data. */
export type CreateComparableFold = (
  partition: number,
  stored?: { readonly state: PartitionState; readonly systems: Iterable<SystemRow> },
) => ComparableFold;

/** Where two folds of one world part. */
export interface Difference {
  readonly seed: number;
  readonly record: FoldRecord;
  readonly what: 'transitions' | 'events' | 'ignored' | 'state' | 'rows' | 'heldMs';
  readonly candidate: unknown;
  readonly judge: unknown;
}

/**
 * States are compared after every so many records, and at the end: effects already tell most of it, and states are
 * long.
 */
const RECORDS_PER_STATE = 16;

/** The first thing in which the candidate departs from the judge; null if they agree on the whole world. */
export const firstDifference = (world: World, candidate: ComparableFold, judge: ComparableFold): Difference | null => {
  for (const [index, record] of world.records.entries()) {
    const mine = candidate.fold(record);
    const theirs = judge.fold(record);
    const at = { seed: world.seed, record };
    const hasHeld = judge.state().holdOpenedAt !== null;
    const effects = effectsDifference(mine, theirs) ?? heldDifference(mine, hasHeld);
    if (effects !== null) return { ...at, ...effects };
    const isLast = index === world.records.length - 1;
    const states = isLast || index % RECORDS_PER_STATE === 0 ? stateDifference(candidate, judge) : null;
    if (states !== null) return { ...at, ...states };
  }
  return null;
};

type Found = Omit<Difference, 'seed' | 'record'>;

const effectsDifference = (candidate: FoldEffects, judge: FoldEffects): Found | null =>
  differ('transitions', withoutHeld(candidate.transitions), withoutHeld(judge.transitions)) ??
  differ('events', candidate.events, judge.events) ??
  differ('ignored', candidate.ignored, judge.ignored);

/** How long a hold delayed a verdict may be counted in more than one way; without any hold there is only one. */
const heldDifference = (candidate: FoldEffects, hasHeld: boolean): Found | null => {
  const wrong = candidate.transitions.find(({ evidence: { heldMs } }) =>
    hasHeld ? !Number.isSafeInteger(heldMs) || heldMs < 0 : heldMs !== 0,
  );
  return wrong === undefined ? null : { what: 'heldMs', candidate: wrong, judge: hasHeld ? 'not negative' : 0 };
};

/** Compares state and rows now; null if they are the same. */
export const stateDifference = (candidate: ComparableFold, judge: ComparableFold): Found | null =>
  differ('state', inOrder(candidate.state()), inOrder(judge.state())) ??
  differ('rows', sortedRows(candidate.rows()), sortedRows(judge.rows()));

const differ = (what: Found['what'], candidate: unknown, judge: unknown): Found | null =>
  isSame(candidate, judge) ? null : { what, candidate, judge };

/** Whether two pieces of plain data say the same, in whatever order their members were written. */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const members = new Map<string, unknown>(Object.entries(a));
  const others = Object.entries(b);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    members.size === others.length &&
    others.every(([name, member]) => members.has(name) && isSame(members.get(name), member))
  );
};

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

const withoutHeld = (transitions: readonly Transition[]): readonly Transition[] =>
  transitions
    .map((transition) => ({ ...transition, evidence: { ...transition.evidence, heldMs: 0 } }))
    .toSorted((a, b) => compare(a.systemId, b.systemId));

const inOrder = (state: PartitionState): PartitionState => ({
  ...state,
  listeners: state.listeners.toSorted((a, b) => compare(a.ingest, b.ingest)),
});

/** Rows in order of system_id. */
export const sortedRows = (rows: Iterable<SystemRow>): readonly SystemRow[] =>
  [...rows].toSorted((a, b) => compare(a.systemId, b.systemId));

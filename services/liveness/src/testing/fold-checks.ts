/**
 * Checks of single guarantees on one world: each answers the first fault it finds in words, or null. They know nothing
 * of how a fold works, so that any fold can be checked, a broken one above all.
 */
import { CLOCK_BACK_MS, type Transition } from '@earshot/contracts';
import { isSame, sortedRows, type ComparableFold, type CreateComparableFold } from './fold-comparison.ts';
import type { World } from './fold-worlds.ts';
import { whyUnfounded } from './listening-oracle.ts';
import type { FoldEffects, FoldRecord } from '../domain/partition-fold.ts';

/** Answers the first fault found in a world, in words, or null. */
export type Check = (world: World, create: CreateComparableFold) => string | null;

const say = (world: World, record: FoldRecord, fault: string): string =>
  `world ${world.seed}, position ${record.position}: ${fault}`;

/** Folds the world and looks at every step; ends at the first fault. */
const walk = (
  world: World,
  fold: ComparableFold,
  look: (record: FoldRecord, effects: FoldEffects) => string | null,
): string | null => {
  for (const record of world.records) {
    const fault = look(record, fold.fold(record));
    if (fault !== null) return say(world, record, fault);
  }
  return null;
};

/** G1: every offline rests on silence while we listened. */
export const checkOpenSilence: Check = (world, create) => {
  const ignored = new Set<number>();
  const isHeartbeat = ({ position }: FoldRecord): boolean => !ignored.has(position);
  return walk(world, create(0), (record, { transitions, ignored: reason }) => {
    if (reason !== null) ignored.add(record.position);
    for (const transition of transitions) {
      const fault = transition.to === 'offline' ? whyUnfounded(world.records, transition, isHeartbeat) : null;
      if (fault !== null) return `${transition.systemId} ${transition.evidence.rule}: ${fault}`;
    }
    return null;
  });
};

/** T2, T5: time moves by records and only forward, but for a clock set back. */
export const checkTime: Check = (world, create) => {
  const fold = create(0);
  let before = fold.state();
  return walk(world, fold, ({ record, appendedAt }) => {
    const state = fold.state();
    const isSetBack = record?.type === 'knock' && appendedAt < before.now - CLOCK_BACK_MS;
    const now = isSetBack ? appendedAt : Math.max(before.now, appendedAt);
    const proven = isSetBack ? appendedAt : before.proven;
    before = state;
    if (state.now !== now) return `now is ${state.now}, not ${now}`;
    if (state.proven < proven) return `proven fell from ${proven} to ${state.proven}`;
    return state.proven > state.now ? `proven ${state.proven} is beyond now ${state.now}` : null;
  });
};

/** G6: online and offline alternate, numbered from 1 without gaps, per registration. */
export const checkAlternation: Check = (world, create) => {
  const newest = new Map<string, Transition>();
  const ids = new Set<string>();
  const retired = new Set<string>();
  return walk(world, create(0), ({ key, position, record }, { transitions }) => {
    if (record?.type === 'system' && record.retired === true && key !== null) retired.add(key);
    for (const transition of transitions) {
      const { id, systemId } = transition;
      if (!follows(transition, newest.get(systemId), retired.has(systemId))) return `${id} does not follow`;
      if (ids.has(id) || id !== `${position}/${systemId}`) return `${id} is no id for it`;
      ids.add(id);
      newest.set(systemId, transition);
      retired.delete(systemId);
    }
    return null;
  });
};

/** A number 1 begins a registration: the first, or one after retirement. */
const follows = (transition: Transition, last: Transition | undefined, hasRetired: boolean): boolean => {
  const { from, to, sequence, registration } = transition;
  if (sequence === 1) return from === 'unseen' && to === 'online' && (last === undefined || hasRetired);
  if (last === undefined || registration !== last.registration) return false;
  return sequence === last.sequence + 1 && from === last.to && to !== last.to;
};

/** G5: the world with every heartbeat twice and every knock thrice is the same world. */
export const checkRepetition: Check = (world, create) => {
  const once = create(0);
  const often = create(0);
  const spread = world.records.map((record) => ({ ...record, position: 3 * record.position }));
  return walk({ ...world, records: spread }, once, (record, effects) => {
    if (!isSame(often.fold(record), effects)) return 'what follows a repetition is another thing';
    for (const repetition of repetitionsOf(record, often.state().now)) {
      const { transitions, events } = often.fold(repetition);
      if (transitions.length + events.length > 0) return 'a repetition has effects';
    }
    const isLookedAt = record.position % 16 === 0 || record === spread.at(-1);
    return !isLookedAt || isSame(factsOf(once), factsOf(often)) ? null : 'a repetition changes the state';
  });
};

/** A goodbye is not repeated: whoever said it is forgotten. */
const repetitionsOf = (record: FoldRecord, appendedAt: number): readonly FoldRecord[] => {
  const { position } = record;
  if (record.record?.type === 'heartbeat') return [{ ...record, appendedAt, position: position + 1 }];
  if (record.record?.type !== 'knock' || record.record.goodbye === true) return [];
  const outOfDate = { ...record.record, n: Math.max(0, record.record.n - 1), names: [], refused: 5, leaving: true };
  return [
    { ...record, appendedAt, position: position + 1 },
    { ...record, appendedAt, position: position + 2, record: outOfDate },
  ];
};

/** All that a fold knows but how far it has come. */
const factsOf = (fold: ComparableFold): unknown => [{ ...fold.state(), position: 0 }, sortedRows(fold.rows())];

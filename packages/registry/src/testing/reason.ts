import type { FleetEntry, SystemEntry } from '@earshot/contracts';
import type { Decided, Decision } from '../decision.ts';

/** A decision in a word: the reason of a refusal with its faults, or `done`. */
export const inAWord = (decision: Decision<SystemEntry | FleetEntry | null>): string => {
  if ('decided' in decision) return 'done';
  const { refused } = decision;
  if (refused.reason !== 'invalid') return refused.reason;
  return refused.faults.map(({ key, message }) => `${key} ${message}`).join(', ');
};

/** What was decided; throws where it was refused. */
export const decidedOf = <E extends SystemEntry | FleetEntry | null>(decision: Decision<E>): Decided<E> => {
  if ('decided' in decision) return decision.decided;
  throw new Error(`refused: ${JSON.stringify(decision.refused)}`);
};

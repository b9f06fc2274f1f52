import type { AppendOutcome } from '../../port/index.ts';

/** One call of `append` and what has become of its records so far. */
export interface AppendCall {
  /** All outcomes in the order offered, when the last is known. */
  readonly outcomes: Promise<readonly AppendOutcome[]>;
  isSettled(place: number): boolean;
  /** The first outcome of a record counts, later ones are ignored. */
  settle(place: number, outcome: AppendOutcome): void;
}

export const createAppendCall = (recordCount: number): AppendCall => {
  const { promise, resolve } = Promise.withResolvers<readonly AppendOutcome[]>();
  const outcomes: AppendOutcome[] = [];
  let open = recordCount;
  if (open === 0) resolve([]);
  return {
    outcomes: promise,
    isSettled: (place) => outcomes[place] !== undefined,
    settle: (place, outcome) => {
      if (outcomes[place] !== undefined) return;
      outcomes[place] = outcome;
      open -= 1;
      if (open === 0) resolve(outcomes);
    },
  };
};

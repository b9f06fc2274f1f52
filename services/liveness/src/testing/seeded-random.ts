/** A source of chance that gives the same numbers for the same seed. */
export interface SeededRandom {
  /** At least 0, below 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  /** True in that share of the calls. */
  chance(share: number): boolean;
  /** One of them; RangeError if there is none. */
  pick<T>(choices: readonly T[]): T;
}

/** mulberry32: one 32-bit word of state, good enough to try cases with. */
export const createSeededRandom = (seed: number): SeededRandom => {
  let word = Math.imul(seed, 0x9e3779b1) >>> 0;
  const next = (): number => {
    word = (word + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(word ^ (word >>> 15), word | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    whole,
    chance: (share) => next() < share,
    pick: <T>(choices: readonly T[]): T => {
      const index = whole(0, choices.length - 1);
      for (const choice of choices.slice(index, index + 1)) return choice;
      throw new RangeError('nothing to pick from');
    },
  };
};

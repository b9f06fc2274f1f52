import { NAME_LENGTH_MAX } from './constants.ts';

/** The stable words for what is wrong with an id or a name. */
export type IdentifierFault = 'required' | 'must_be_string' | 'too_long' | 'invalid_characters';

const CONTROL = /\p{Cc}/u;
const EDGE_SPACE = /^\s|\s$/u;

/** Code points of a string; a lone surrogate counts one. */
export const codePoints = (text: string): number => {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
};

/**
 * What is wrong with a system id, a fleet's name or another name people choose: nothing, or every fault there is.
 * Ids are hostile (`__proto__`, `0/1`, emoji, MAC addresses) and all of those are fine; refused are control characters,
 * lone surrogates, white space at the ends, `.` and `..`, more than 255 code points, and the empty string.
 */
export const identifierFaults = (value: unknown): readonly IdentifierFault[] => {
  if (value === undefined) return ['required'];
  if (typeof value !== 'string') return ['must_be_string'];
  if (value === '') return ['required'];
  const faults: IdentifierFault[] = [];
  if (value.length > NAME_LENGTH_MAX && codePoints(value) > NAME_LENGTH_MAX) faults.push('too_long');
  if (CONTROL.test(value) || EDGE_SPACE.test(value) || !value.isWellFormed() || value === '.' || value === '..') {
    faults.push('invalid_characters');
  }
  return faults;
};

import { type EpochMs, type Fault, faultValue, identifierFaults } from '@earshot/contracts';
import { parseInstant } from './instants.ts';

/** Values one parameter may be repeated with. */
const VALUES_MAX = 100;
const LIMIT_MAX = 500;
const LIMIT_DEFAULT = 50;

/**
 * The parameters of a query, strictly decoded, with what is wrong with them. Every reader notes its faults; a handler reads all it
 * takes, then looks at `faults`.
 */
export interface QueryParameters {
  readonly faults: Fault[];
  all(name: string): readonly string[];
}

const fault = (key: string, message: string, value: string): Fault => ({ key, message, value: faultValue(value) });

const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
};

/** Reads the part of a URL after `?`. Parameters other than the allowed ones are faults. */
export const parseQuery = (query: string, allowed: readonly string[]): QueryParameters => {
  const faults: Fault[] = [];
  const values = new Map<string, string[]>();
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const [rawName = '', ...rest] = pair.split('=');
    const name = decode(rawName);
    const value = decode(rest.join('='));
    if (name === null || !allowed.includes(name)) faults.push(fault(name ?? rawName, 'unknown', value ?? ''));
    else if (value === null) faults.push(fault(name, 'invalid_characters', rest.join('=')));
    else values.set(name, [...(values.get(name) ?? []), value]);
  }
  for (const [name, given] of values) {
    if (given.length > VALUES_MAX) faults.push(fault(name, 'too_many', String(given.length)));
  }
  return { faults, all: (name) => values.get(name) ?? [] };
};

/** The one value of a parameter; null when it was not given or is empty. */
export const single = (query: QueryParameters, name: string): string | null => {
  const values = query.all(name);
  if (values.length > 1) query.faults.push(fault(name, 'repeated', values.join(', ')));
  return values[0] === undefined || values[0] === '' ? null : values[0];
};

/** All values of a parameter, each one of the choices. */
export const choices = <const T extends string>(query: QueryParameters, name: string, of: readonly T[]): readonly T[] =>
  query.all(name).flatMap((value) => {
    const choice = of.find((each) => each === value);
    if (choice === undefined) query.faults.push(fault(name, 'not_allowed', value));
    return choice ?? [];
  });

/** All values of a parameter, each an id or name. */
export const identifiers = (query: QueryParameters, name: string): readonly string[] => {
  const values = query.all(name);
  for (const value of values) {
    for (const message of identifierFaults(value)) query.faults.push(fault(name, message, value));
  }
  return values;
};

export const instant = (query: QueryParameters, name: string): EpochMs | null => {
  const text = single(query, name);
  const at = text === null ? null : parseInstant(text);
  if (text !== null && at === null) query.faults.push(fault(name, 'must_be_instant', text));
  return at;
};

const wholeNumber = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : Number.NaN);

export const limitOf = (query: QueryParameters): number => {
  const text = single(query, 'limit');
  const limit = text === null ? LIMIT_DEFAULT : wholeNumber(text);
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  query.faults.push(fault('limit', Number.isNaN(limit) ? 'must_be_integer' : 'out_of_range', text ?? ''));
  return LIMIT_DEFAULT;
};

/** All values of a parameter, each a whole number below the bound. */
export const numbersBelow = (query: QueryParameters, name: string, bound: number): readonly number[] =>
  query.all(name).map((text) => {
    const number = wholeNumber(text);
    if (Number.isNaN(number)) query.faults.push(fault(name, 'must_be_integer', text));
    else if (number >= bound) query.faults.push(fault(name, 'out_of_range', text));
    return number;
  });

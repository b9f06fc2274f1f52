import { describe, expect, it } from 'vitest';
import { identifierFaults } from './identifiers.ts';

describe('identifierFaults', () => {
  it.each([
    'partition',
    '0/1',
    '__proto__',
    'constructor',
    'aa:bb:cc:dd:ee:ff',
    'urn:uuid:4cf3053f-d0d5-4b10-b752-ff8f7b63c2f7',
    '🦊',
    '𝒳'.repeat(255),
    '%2e%2e',
    '...',
    'a b',
  ])('H43 takes %s for an id like any other', (id) => {
    expect(identifierFaults(id)).toEqual([]);
  });

  it.each([
    [undefined, ['required']],
    ['', ['required']],
    [null, ['must_be_string']],
    [7, ['must_be_string']],
    [['a'], ['must_be_string']],
    ['x'.repeat(256), ['too_long']],
    ['𝒳'.repeat(256), ['too_long']],
    ['a\u0000b', ['invalid_characters']],
    ['a\u0085b', ['invalid_characters']],
    ['\ud800', ['invalid_characters']],
    [' a', ['invalid_characters']],
    ['a\u00a0', ['invalid_characters']],
    ['.', ['invalid_characters']],
    ['..', ['invalid_characters']],
    [`${'x'.repeat(256)}\n`, ['too_long', 'invalid_characters']],
  ])('names what is wrong with %j', (value, faults) => {
    expect(identifierFaults(value)).toEqual(faults);
  });
});

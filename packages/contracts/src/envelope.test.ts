import { describe, expect, it } from 'vitest';
import { errorEnvelope, faultValue, validationEnvelope } from './envelope.ts';

describe('the answer envelope', () => {
  it.each([
    [401, '{"code":401,"message":"invalid token","data":{}}'],
    [403, '{"code":403,"message":"insufficient permissions","data":{}}'],
    [404, '{"code":404,"message":"not found","data":{}}'],
    [429, '{"code":429,"message":"rate limited","data":{}}'],
    [500, '{"code":500,"message":"internal server error","data":{}}'],
    [503, '{"code":503,"message":"service unavailable","data":{}}'],
  ] as const)('is byte for byte the published one for %i', (status, body) => {
    expect(errorEnvelope(status)).toBe(body);
  });

  it('lists faults as published', () => {
    expect(validationEnvelope([{ key: 'system_id', message: 'required', value: '' }])).toBe(
      '{"code":400,"message":"validation failed","data":{"type":"validation_error","errors":[{"key":"system_id","message":"required","value":""}]}}',
    );
  });

  it.each([
    [undefined, ''],
    ['text', 'text'],
    [7, '7'],
    [null, 'null'],
    [{ a: [1] }, '{"a":[1]}'],
    ['x'.repeat(300), 'x'.repeat(256)],
  ])('shows what was sent, %j, as a string of at most 256 characters', (value, shown) => {
    expect(faultValue(value)).toBe(shown);
  });
});

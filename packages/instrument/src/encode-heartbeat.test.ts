import { describe, expect, it } from 'vitest';
import { encodeHeartbeat } from './encode-heartbeat.ts';
import { HEARTBEAT_BODY_SCHEMA, type Heartbeat } from './heartbeat.ts';

const HEARTBEAT: Heartbeat = {
  tick: 1234,
  pid: 12345,
  build: '2aae3712',
  startTime: 1_704_900_000,
  uptime: 1234.5,
  lastBeat: 1_704_901_234.5,
};

describe('encodeHeartbeat', () => {
  it('gives the published body byte for byte', () => {
    expect(encodeHeartbeat(HEARTBEAT)).toBe(
      '{"tick":1234,"pid":12345,"build":"2aae3712","startTime":1704900000.0,"uptime":1234.5,"lastBeat":1704901234.5}',
    );
  });

  it('keeps the order of the members whatever order the heartbeat has them in', () => {
    const reversed = Object.fromEntries(Object.entries(HEARTBEAT).toReversed()) as unknown as Heartbeat;
    expect(encodeHeartbeat(reversed)).toBe(encodeHeartbeat(HEARTBEAT));
  });

  it.each([
    [0, '0.0'],
    [-0, '0.0'],
    [1, '1.0'],
    [0.001, '0.001'],
    [1e-6, '0.000001'],
    [1e-7, '0.0000001'],
    [1.5e-9, '0.0000000015'],
    [1e-30, '0.0'],
    [-1.25, '-1.25'],
    [4_102_444_799.999, '4102444799.999'],
    [1e21, '1000000000000000000000.0'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991.0'],
  ])('writes %d with a decimal point and without an exponent', (uptime, text) => {
    expect(encodeHeartbeat({ ...HEARTBEAT, uptime })).toContain(`"uptime":${text},`);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses %d', (lastBeat) => {
    expect(() => encodeHeartbeat({ ...HEARTBEAT, lastBeat })).toThrow(RangeError);
  });

  it('is JSON whatever the build is called', () => {
    const build = 'a"b\\c\nd__proto__';
    expect(JSON.parse(encodeHeartbeat({ ...HEARTBEAT, build }))).toEqual({ ...HEARTBEAT, build });
  });
});

describe('HEARTBEAT_BODY_SCHEMA', () => {
  it('requires and allows exactly the members that are sent', () => {
    const members = Object.keys(JSON.parse(encodeHeartbeat(HEARTBEAT)) as object);
    expect(HEARTBEAT_BODY_SCHEMA['required']).toEqual(members);
    expect(Object.keys(HEARTBEAT_BODY_SCHEMA['properties'] as object)).toEqual(members);
    expect(HEARTBEAT_BODY_SCHEMA['additionalProperties']).toBe(false);
  });
});

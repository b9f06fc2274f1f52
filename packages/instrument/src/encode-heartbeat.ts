import type { Heartbeat } from './heartbeat.ts';

/** Digits after the point where a number is so small that JavaScript would write an exponent. */
const FRACTION_DIGITS_MAX = 20;

/**
 * The number with a decimal point, whatever it is: `1704900000.0`, `1234.5`. Never an exponent.
 * Throws RangeError for what JSON has no word for.
 */
const encodeFloat = (value: number): string => {
  if (!Number.isFinite(value)) throw new RangeError(`a heartbeat cannot say ${value}`);
  if (Number.isInteger(value)) return `${BigInt(value)}.0`;
  const text = String(value);
  return text.includes('e') ? value.toFixed(FRACTION_DIGITS_MAX).replace(/(?<=\.\d+)0+$/, '') : text;
};

/**
 * The exact body of `GET /api/system/heartbeat`: the six members in their order, no spaces, floats always with a
 * decimal point, so that readers in typed languages see the same type every time. Throws RangeError for NaN and
 * infinities.
 */
export const encodeHeartbeat = (heartbeat: Heartbeat): string => {
  const { tick, pid, build, startTime, uptime, lastBeat } = heartbeat;
  const members = [
    `"tick":${tick}`,
    `"pid":${pid}`,
    `"build":${JSON.stringify(build)}`,
    `"startTime":${encodeFloat(startTime)}`,
    `"uptime":${encodeFloat(uptime)}`,
    `"lastBeat":${encodeFloat(lastBeat)}`,
  ];
  return `{${members.join(',')}}`;
};

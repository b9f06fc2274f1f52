import type { DurationMs, EpochMs } from '@earshot/contracts';
import type { SilenceBounds } from '../port/index.ts';
import type { OpenStretch } from './open-stretches.ts';

/** Instants `from` to `to`, both included. */
export interface SinceSpan {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

const EARLIEST = Number.NEGATIVE_INFINITY;

/** All instants up to a bound; none if there is no bound. */
const upTo = (bound: EpochMs | null): readonly SinceSpan[] => (bound === null ? [] : [{ from: EARLIEST, to: bound }]);

/** Instants whose open time, as it follows from the stretches, is at or below a bound: a piece of each stretch. */
const withOpenAtUpTo = (stretches: readonly OpenStretch[], openAt: DurationMs): readonly SinceSpan[] =>
  stretches.flatMap(({ from, origin, open }, index) => {
    if (open > openAt) return [];
    const next = stretches[index + 1];
    const end = next === undefined ? Number.POSITIVE_INFINITY : next.from - 1;
    const to = Math.min(end, origin + openAt - open);
    return to < from ? [] : [{ from, to }];
  });

/** The same instants in as few spans as there can be, in order. */
const merge = (spans: readonly SinceSpan[]): readonly SinceSpan[] => {
  const merged: SinceSpan[] = [];
  for (const span of spans.toSorted((one, other) => (one.from < other.from ? -1 : 1))) {
    const last = merged.at(-1);
    if (last === undefined || span.from > last.to + 1) merged.push(span);
    else merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return merged;
};

/** Where the since of late systems lies. */
export const lateSpans = (bounds: SilenceBounds): readonly SinceSpan[] => upTo(bounds.lateSince);

/** Where the since of held systems lies, of those whose open time follows from the stretches. */
export const heldSpans = (bounds: SilenceBounds, stretches: readonly OpenStretch[]): readonly SinceSpan[] => {
  const accumulated = bounds.heldOpenAt === null ? [] : withOpenAtUpTo(stretches, bounds.heldOpenAt);
  return merge([...upTo(bounds.heldSince), ...accumulated]);
};

/** Where the since of late or held systems lies. */
export const silentSpans = (bounds: SilenceBounds, stretches: readonly OpenStretch[]): readonly SinceSpan[] =>
  merge([...lateSpans(bounds), ...heldSpans(bounds, stretches)]);

export const isWithin = (spans: readonly SinceSpan[], since: EpochMs): boolean =>
  spans.some(({ from, to }) => from <= since && since <= to);

/** As bounds of ZCOUNT and ZRANGEBYSCORE. */
export const scoreBounds = ({ from, to }: SinceSpan): readonly [min: string | number, max: string | number] => [
  from === EARLIEST ? '-inf' : from,
  to === Number.POSITIVE_INFINITY ? '+inf' : to,
];

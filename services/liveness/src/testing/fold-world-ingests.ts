import type { DurationMs, EpochMs, KnockRecord } from '@earshot/contracts';
import { append, plan, type Ingest, type Making } from './fold-world-making.ts';
import { decidingInstants } from './fold-world-systems.ts';

/** Chances of a fault at one knock, where the climate multiplies by 1. */
const FAULTS = { stop: 0.02, die: 0.015, leave: 0.01, refuse: 0.015, name: 0.04, repeat: 0.05 };

/** Starts an ingest, under an id never seen before. */
export const startIngest = (m: Making): void => {
  m.ingestsBorn += 1;
  const cadenceMs = m.random.pick(m.climate.cadences);
  const ingest: Ingest = { id: `ingest-${m.ingestsBorn}`, cadenceMs, n: m.random.pick([0, 0, 7]), leavesAt: null };
  m.ingests.add(ingest);
  planKnock(m, ingest, 0);
};

const planKnock = (m: Making, ingest: Ingest, inMs: DurationMs): void =>
  plan(m, inMs, () => {
    if (m.ingests.has(ingest)) knock(m, ingest);
  });

/** Its next knock, now. */
const knock = (m: Making, ingest: Ingest): void => {
  const record = nextKnock(m, ingest);
  append(m, null, record);
  const { random } = m;
  const isFault = (share: number): boolean => random.chance(share * m.climate.faults);
  if (isFault(FAULTS.repeat)) plan(m, random.pick([0, 500, 3_500]), () => append(m, null, record));
  if (record.goodbye === true) return end(m, ingest);
  if (isFault(FAULTS.die)) return end(m, ingest);
  if (ingest.leavesAt === null && isFault(FAULTS.leave)) {
    ingest.leavesAt = m.time + random.pick([0, 4_000, 30_000]);
    if (random.chance(0.7)) plan(m, random.whole(0, 8_000), () => startIngest(m));
  }
  planKnock(m, ingest, isFault(FAULTS.stop) ? random.whole(3_001, 45_000) : gap(m, ingest));
};

const nextKnock = (m: Making, ingest: Ingest): KnockRecord => {
  const { random } = m;
  ingest.n += random.chance(0.05) ? 3 : 1;
  const isFault = (share: number): boolean => random.chance(share * m.climate.faults);
  const isLeaving = ingest.leavesAt !== null;
  return {
    type: 'knock',
    ingest: ingest.id,
    n: ingest.n,
    ...(isFault(FAULTS.refuse) && { refused: random.whole(1, 9) }),
    ...(isFault(FAULTS.name) && { names: someNames(m) }),
    ...(isLeaving && { leaving: true }),
    ...(isLeaving && m.time >= (ingest.leavesAt ?? 0) && { goodbye: true }),
  };
};

const someNames = ({ random, senders }: Making): readonly string[] => [
  ...Array.from({ length: random.whole(1, 3) }, () => random.pick(senders).systemId),
  ...(random.chance(0.2) ? ['never-heard-of'] : []),
];

/** Usually as always; sometimes as far apart as just allowed or just not; sometimes onto a deciding instant. */
const gap = (m: Making, ingest: Ingest): DurationMs => {
  const { random } = m;
  if (random.chance(m.climate.choppiness)) return random.whole(3_001, 3_500);
  if (random.chance(0.05)) return random.pick([2_999, 3_000, ...(m.climate.faults > 0 ? [3_001] : [])]);
  if (random.chance(0.3)) {
    const logTime = m.time + m.offset;
    const isWithinReach = (instant: EpochMs): boolean => instant > logTime + 1 && instant < logTime + 3_000;
    const instants = m.senders.flatMap(decidingInstants).filter(isWithinReach);
    if (instants.length > 0) return random.pick(instants) - logTime + random.whole(-1, 1);
  }
  return ingest.cadenceMs;
};

/** Another comes, sooner or later; at once and for certain if it was the last. */
const end = (m: Making, ingest: Ingest): void => {
  m.ingests.delete(ingest);
  if (m.ingests.size === 0 || m.random.chance(0.6))
    plan(m, m.random.pick([0, 2_000, 20_000, 90_000]), () => startIngest(m));
};

/** The log's clock goes on from elsewhere; after a step back some ingest knocks at once, exactly there. */
export const stepClock = (m: Making): void => {
  const { random } = m;
  if (random.chance(0.3)) {
    m.offset += random.pick([2_500, 10_000, 60_000, m.climate.isLawless ? 3_600_001 : 120_000]);
    return;
  }
  const stepMs = random.pick([4_999, 5_000, 5_001, 5_001, 14_000, 120_000]);
  m.offset = m.newest - stepMs - m.time;
  if (stepMs > 5_000) m.newest = m.time + m.offset;
  if (m.ingests.size > 0) append(m, null, nextKnock(m, random.pick([...m.ingests])));
};

/**
 * Random worlds for tests of the fold: systems that send, fall silent, are paused, retired and changed; ingests that
 * knock, stop, die, come back, leave and refuse; a log whose clock steps; all of it as the records that one partition
 * would hold. The same seed makes the same world. Instants that decide something (a ttl to the millisecond, a knock's
 * gap) are aimed at, not left to chance.
 */
import { startIngest, stepClock } from './fold-world-ingests.ts';
import { append, happen, plan, type Climate, type Making } from './fold-world-making.ts';
import { addSender, changeSetting, silenceMany } from './fold-world-systems.ts';
import type { FoldRecord } from '../domain/partition-fold.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';

export interface World {
  readonly seed: number;
  readonly records: readonly FoldRecord[];
}

const RECORDS_MIN = 200;
const RECORDS_MAX = 600;

/**
 * The world of a seed: 200 to 600 records in log order, positions ascending with gaps. In a lawful one the registry's
 * revisions are true and nobody is forgotten.
 */
export const createWorld = (seed: number, { isLawful = false }: { readonly isLawful?: boolean } = {}): World => {
  const random = createSeededRandom(seed);
  const m: Making = {
    random,
    climate: { ...climateOf(random), isLawless: !isLawful },
    records: [],
    senders: [],
    ingests: new Set(),
    plans: [],
    time: random.pick([1_795_447_028_099, 1_795_447_028_099, 10_000, 0]),
    offset: 0,
    newest: 0,
    revision: random.whole(0, 3),
    ingestsBorn: 0,
  };
  for (let index = 0; index < m.climate.systems; index += 1) addSender(m, index);
  for (let count = random.whole(1, 3); count > 0; count -= 1) plan(m, random.whole(0, 1_000), () => startIngest(m));
  planWeather(m);
  const length = random.whole(RECORDS_MIN, RECORDS_MAX);
  while (m.records.length < length) happen(m);
  return { seed, records: m.records };
};

const climateOf = (random: SeededRandom): Omit<Climate, 'isLawless'> => {
  const massSilence = random.chance(0.4);
  return {
    systems: massSilence ? random.pick([random.whole(10, 60), 50, 60]) : random.whole(1, 40),
    grainMs: random.pick([1, 1, 1, 500]),
    ttls: random.pick([
      [15_000],
      [15_000, 20_000],
      [15_001, 15_002, 15_003],
      [15_000, 30_000, 60_000],
      [16_000, 16_000, 24_000, 4_000_000],
    ]),
    cadences: random.pick([[1_000], [1_000, 2_500], [2_500, 3_000], [3_000]]),
    faults: random.pick([0, 0.5, 1, 3]),
    choppiness: random.pick([0, 0, 0, 0.15]),
    changes: random.pick([0, 1, 4]),
    quiet: random.pick([0.02, 0.1, 0.3, 0.6]),
    clockSteps: random.chance(0.4),
    massSilence,
  };
};

/** What happens now and then, again and again. */
const planWeather = (m: Making): void => {
  const { random, climate } = m;
  const again = (everyMs: number, act: () => void): void =>
    plan(m, everyMs * (0.2 + 1.6 * random.next()), () => {
      act();
      again(everyMs, act);
    });
  again(40_000, () => append(m, random.pick([null, 'system-1']), null));
  again(60_000, () => append(m, null, { type: 'release', by: 'operator', reason: 'known' }));
  if (climate.changes > 0) again(60_000 / climate.changes, () => changeSetting(m, random.pick(m.senders)));
  if (climate.massSilence) again(60_000, () => silenceMany(m));
  if (climate.clockSteps) again(60_000, () => stepClock(m));
};

import type { PartitionState, SystemRow, Transition } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { createPartitionFold } from './create-partition-fold.ts';
import { sortedRows } from '../testing/fold-comparison.ts';
import { createWorld } from '../testing/fold-worlds.ts';
import { whyUnfounded } from '../testing/listening-oracle.ts';
import type { CurrentSettings, FoldRecord, KnownSystem, PartitionFold } from './partition-fold.ts';
import { rebuildPartitionFold } from './rebuild-partition-fold.ts';
import { createSeededRandom } from '../testing/seeded-random.ts';

const WORLDS = Number(process.env['EARSHOT_WORLDS'] ?? 200);
const FROM = Number(process.env['EARSHOT_WORLDS_FROM'] ?? 1);
const TIMEOUT_MS = 10_000 + WORLDS * 100;
const SEEDS: readonly number[] = Array.from({ length: WORLDS }, (_, index) => FROM + index);

/**
 * A world of which only the records from `start` on are left, while everything up to `published` has been published.
 */
const createRebuilding = (seed: number): Rebuilding => {
  const random = createSeededRandom(seed);
  const { records } = createWorld(seed, { isLawful: true });
  const published = random.whole(Math.floor(records.length / 2), records.length - 1);
  const start = random.whole(0, published);
  const fold = createPartitionFold(0);
  const transitions = records.slice(0, published + 1).flatMap((record) => fold.fold(record).transitions);
  const known = knownSystems(sortedRows(fold.rows()), transitions);
  return { records, start, published, transitions, known };
};

interface Rebuilding {
  readonly records: readonly FoldRecord[];
  readonly start: number;
  readonly published: number;
  readonly transitions: readonly Transition[];
  readonly known: readonly KnownSystem[];
}

/**
 * What registry and transitions topic have of these systems; retiring takes the published transition away, not the
 * entry.
 */
const knownSystems = (rows: readonly SystemRow[], transitions: readonly Transition[]): readonly KnownSystem[] => {
  const newest = new Map(transitions.map((transition) => [transition.systemId, transition]));
  return rows.map((row) => knownSystem(row, newest.get(row.systemId)));
};

const knownSystem = (row: SystemRow, last: Transition | undefined): KnownSystem => {
  const { systemId, fleet, ttlMs, revision, paused } = row;
  const settings = { systemId, fleet, ttlMs, revision, paused, retired: row.retiredAt !== null };
  const isCurrent = last !== undefined && last.registration === row.registration && !settings.retired;
  if (!isCurrent) return { ...settings, mutedTo: -1, published: null };
  const { position, sequence, registration, to } = last;
  return { ...settings, mutedTo: position, published: { position, sequence, registration, state: to } };
};

/**
 * What makes both know everything again: each system that is not retired speaks, then every second one falls silent
 * for good while one ingest listens.
 */
const createTail = (state: PartitionState, rows: readonly SystemRow[]): readonly FoldRecord[] => {
  const tail: FoldRecord[] = [];
  const revision = 1_000_000;
  const speakers = rows.filter(({ retiredAt }) => retiredAt === null);
  const add = (appendedAt: number, key: string | null, record: FoldRecord['record']): void => {
    tail.push({ position: state.position + 1 + tail.length, appendedAt, key, record });
  };
  for (let step = 0; step < 60; step += 1) {
    const at = state.now + 3_000 * (1 + step);
    add(at, null, { type: 'knock', ingest: 'ingest-of-the-tail', n: 1 + step });
    if (step % 3 !== 0) continue;
    for (const [index, { systemId, fleet }] of speakers.entries()) {
      if (step === 0 || index % 2 === 0) add(at, systemId, { type: 'heartbeat', ttl_ms: 15_000, revision, fleet });
    }
  }
  return tail;
};

const foldAll = (fold: PartitionFold, records: readonly FoldRecord[]): readonly Transition[] =>
  records.flatMap((record) => fold.fold(record).transitions);

const rebuild = ({ records, start, known }: Rebuilding): PartitionFold => {
  const { position, appendedAt } = records[start]!;
  return rebuildPartitionFold(0, { position, appendedAt }, known);
};

describe('a rebuilt fold', { timeout: TIMEOUT_MS }, () => {
  it('S4 begins before the first record it is to fold, with what is known', () => {
    for (const seed of SEEDS) {
      const rebuilding = createRebuilding(seed);
      const fold = rebuild(rebuilding);
      const rows = new Map([...fold.rows()].map((row) => [row.systemId, row]));
      expect(fold.position).toBe(rebuilding.records[rebuilding.start]!.position - 1);
      expect(rows.size).toBe(rebuilding.known.length);
      for (const { systemId, ttlMs, fleet, revision, paused, retired, published } of rebuilding.known) {
        const state = published?.state ?? 'unseen';
        const sequence = published?.sequence ?? 0;
        const mutedTo = published?.position ?? -1;
        const row = rows.get(systemId)!;
        expect(row).toMatchObject({ ttlMs, fleet, revision, paused, state, sequence, mutedTo });
        expect(row.retiredAt !== null).toBe(retired);
        expect(row.since).toBe(rebuilding.records[rebuilding.start]!.appendedAt);
        expect(row.lastSeen).toBe(published === null ? null : row.since);
      }
    }
  });

  it('S4 G8 gives no transition again that was published, and goes on from its number', () => {
    for (const seed of SEEDS) {
      const rebuilding = createRebuilding(seed);
      const given = foldAll(rebuild(rebuilding), rebuilding.records.slice(rebuilding.start));
      const newest = new Map(rebuilding.known.map(({ systemId, published }) => [systemId, published]));
      const seen = new Set<string>();
      for (const { systemId, position, sequence, from } of given) {
        const published = newest.get(systemId) ?? null;
        if (published === null || seen.has(systemId)) continue;
        seen.add(systemId);
        expect(position).toBeGreaterThan(published.position);
        const isNext = sequence === published.sequence + 1 && from === published.state;
        expect({ seed, systemId, position, goesOn: isNext || (sequence === 1 && from === 'unseen') }).toMatchObject({
          goesOn: true,
        });
      }
    }
  });

  it('S4 G1 reports offline only after silence in open time of the records that are left', () => {
    for (const seed of SEEDS) {
      const rebuilding = createRebuilding(seed);
      const fold = rebuild(rebuilding);
      const left = rebuilding.records.slice(rebuilding.start);
      const ignored = new Set<number>();
      for (const record of left) {
        const { transitions, ignored: reason } = fold.fold(record);
        if (reason !== null) ignored.add(record.position);
        for (const transition of transitions.filter(({ to }) => to === 'offline')) {
          const fault = whyUnfounded(left, transition, ({ position }) => !ignored.has(position));
          expect({ seed, id: transition.id, fault }).toMatchObject({ fault: null });
        }
      }
    }
  });

  it('S4 G8 ends in the same states as the fold that went on, once every system has spoken or gone silent', () => {
    const counts = { online: 0, offline: 0 };
    for (const seed of SEEDS) {
      const rebuilding = createRebuilding(seed);
      const whole = createPartitionFold(0);
      const rebuilt = rebuild(rebuilding);
      foldAll(whole, rebuilding.records);
      foldAll(rebuilt, rebuilding.records.slice(rebuilding.start));
      const now = Math.max(whole.now, rebuilt.now);
      const tail = createTail({ ...whole.state(), now }, sortedRows(whole.rows()));
      foldAll(whole, tail);
      foldAll(rebuilt, tail);
      expect({ seed, states: statesOf(rebuilt) }).toEqual({ seed, states: statesOf(whole) });
      counts.online += whole.counts().online;
      counts.offline += whole.counts().offline;
    }
    expect(Math.min(counts.online, counts.offline)).toBeGreaterThan(WORLDS);
  });
});

/** The state of every system that is not retired. */
const statesOf = (fold: PartitionFold): Readonly<Record<string, string>> =>
  Object.fromEntries(
    sortedRows(fold.rows())
      .filter(({ retiredAt }) => retiredAt === null)
      .map(({ systemId, state, paused }) => [`${systemId} `, paused ? `${state}, paused` : state]),
  );

describe('a fold that lost its ground', { timeout: TIMEOUT_MS }, () => {
  it('S2 closes the time lost, forgets who listened and begins every silence anew', () => {
    for (const seed of SEEDS) {
      const { fold, before, oldest, effects } = loseGround(seed, []);
      const after = fold.state();
      expect(effects.transitions).toEqual([]);
      expect(after.listeners).toEqual([]);
      expect(after.position).toBe(oldest.position - 1);
      expect(after.openSince).toBeGreaterThanOrEqual(oldest.appendedAt);
      expect(after.ledger.at(-1)?.to).toBeGreaterThanOrEqual(oldest.appendedAt);
      for (const row of fold.rows()) {
        const old = before.rows.find(({ systemId }) => systemId === row.systemId)!;
        expect({ seed, ...row }).toEqual({ seed, ...old, since: oldest.appendedAt, openAt: after.open });
      }
    }
  });

  it('S2 takes settings from the registry, and keeps state, sequence and last seen', () => {
    for (const seed of SEEDS.slice(0, 50)) {
      const settings = {
        fleet: 'elsewhere',
        ttlMs: 77_000,
        revision: 1_000_000,
        paused: true,
        retired: false,
        mutedTo: -1,
      };
      const { fold, before } = loseGround(seed, (row) => [{ ...settings, systemId: row.systemId }]);
      for (const old of before.rows.filter(({ retiredAt }) => retiredAt === null)) {
        const { state, sequence, lastSeen, registration } = old;
        expect(fold.row(old.systemId)).toMatchObject({ state, sequence, lastSeen, registration });
        expect(fold.row(old.systemId)).toMatchObject({ fleet: 'elsewhere', ttlMs: 77_000, paused: true });
      }
    }
  });

  it('S2 reports no offline before a ttl of open time after the loss', () => {
    for (const seed of SEEDS) {
      const { fold, oldest, later } = loseGround(seed, []);
      for (const record of later) {
        const { transitions } = fold.fold(record);
        if (fold.state().ledger.some(({ cause }) => cause === 'clock_set_back')) break;
        const starts = transitions
          .filter(({ to }) => to === 'offline')
          .map(({ occurredAt, evidence }) => occurredAt - evidence.ttlMs);
        expect(Math.min(...starts, Infinity)).toBeGreaterThanOrEqual(oldest.appendedAt);
      }
    }
  });
});

interface Lost {
  readonly fold: PartitionFold;
  readonly before: { readonly state: PartitionState; readonly rows: readonly SystemRow[] };
  readonly oldest: FoldRecord;
  readonly later: readonly FoldRecord[];
  readonly effects: ReturnType<PartitionFold['loseGround']>;
}

/** Folds the first third of a world, loses the second. */
const loseGround = (
  seed: number,
  settings: readonly CurrentSettings[] | ((row: SystemRow) => readonly CurrentSettings[]),
): Lost => {
  const { records } = createWorld(seed);
  const third = Math.floor(records.length / 3);
  const fold = createPartitionFold(0);
  foldAll(fold, records.slice(0, third));
  const before = { state: fold.state(), rows: sortedRows(fold.rows()) };
  const later = records.slice(2 * third);
  const oldest = later.find(({ appendedAt }) => appendedAt >= before.state.now) ?? later[0]!;
  const current = typeof settings === 'function' ? before.rows.flatMap(settings) : settings;
  const effects = fold.loseGround(oldest, current);
  return { fold, before, oldest, later: later.slice(later.indexOf(oldest)), effects };
};

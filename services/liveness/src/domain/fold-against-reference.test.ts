import type { SystemRow, Transition } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { createPartitionFold } from './create-partition-fold.ts';
import {
  firstDifference,
  isSame,
  sortedRows,
  stateDifference,
  type ComparableFold,
} from '../testing/fold-comparison.ts';
import { createWorld, type World } from '../testing/fold-worlds.ts';
import { muteHalfway } from '../testing/muted-world.ts';
import type { FoldChanges, FoldRecord, PartitionFold } from './partition-fold.ts';
import { createReferenceFold } from '../testing/reference-fold.ts';
import { createSeededRandom } from '../testing/seeded-random.ts';

/**
 * More worlds than usual: EARSHOT_WORLDS=20000. A failing one is told by its seed; EARSHOT_WORLDS_FROM begins there.
 */
const WORLDS = Number(process.env['EARSHOT_WORLDS'] ?? 200);
const FROM = Number(process.env['EARSHOT_WORLDS_FROM'] ?? 1);
const TIMEOUT_MS = 10_000 + WORLDS * 100;

const SEEDS: readonly number[] = Array.from({ length: WORLDS }, (_, index) => FROM + index);

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** What a projection would give back. */
const stored = (fold: PartitionFold): Parameters<typeof createPartitionFold>[1] =>
  throughJson({ state: fold.state(), systems: [...fold.rows()] });

/** A fold whose owner changes before each record for which `isCut` says so. */
const createRelay = (isCut: () => boolean): ComparableFold => {
  let fold = createPartitionFold(0);
  return {
    fold: (record) => {
      if (isCut()) fold = createPartitionFold(0, stored(fold));
      return fold.fold(record);
    },
    state: () => fold.state(),
    rows: () => fold.rows(),
  };
};

describe('the fold', { timeout: TIMEOUT_MS }, () => {
  it('V1 decides what the rules decide when they are read literally', () => {
    for (const seed of SEEDS) {
      expect(firstDifference(createWorld(seed), createPartitionFold(0), createReferenceFold(0))).toBeNull();
    }
  });

  it('V1 bears the number of its partition in the ids of events', () => {
    for (const seed of SEEDS.slice(0, 10)) {
      expect(firstDifference(createWorld(seed), createPartitionFold(11), createReferenceFold(11))).toBeNull();
    }
  });

  it('S1 continued by another owner at every record, it is the same fold', () => {
    for (const seed of SEEDS.slice(0, WORLDS / 10)) {
      const relay = createRelay(() => true);
      expect(firstDifference(createWorld(seed), relay, createReferenceFold(0))).toBeNull();
    }
  });

  it('S1 continued by another owner now and then, it is the same fold', () => {
    for (const seed of SEEDS) {
      const random = createSeededRandom(seed);
      const relay = createRelay(() => random.chance(0.01));
      expect(firstDifference(createWorld(seed), relay, createReferenceFold(0))).toBeNull();
    }
  });

  it('S4 keeps the muted quiet, as the rules read literally do', () => {
    for (const seed of SEEDS) {
      const { start, rest } = muteHalfway(createWorld(seed));
      expect(firstDifference(rest, createPartitionFold(0, start), createReferenceFold(0, start))).toBeNull();
    }
  });

  it('S1 tells all changes: laid over a stored copy they make it equal', () => {
    for (const seed of SEEDS) expect({ seed, fault: changesFault(createWorld(seed)) }).toEqual({ seed, fault: null });
  });

  it('V4 counts its systems by state, the retired ones not', () => {
    for (const seed of SEEDS) {
      const fold = createPartitionFold(0);
      for (const record of createWorld(seed).records) fold.fold(record);
      expect({ seed, ...fold.counts() }).toEqual({ seed, ...countsOf(sortedRows(fold.rows())) });
    }
  });

  it('V3 gives 5,000 verdicts at one knock, lowest due first, and the rest at the next', () => {
    const [fold, reference] = [createPartitionFold(0), createReferenceFold(0)];
    for (const record of crowd(12_000)) expect(isSame(fold.fold(record), reference.fold(record))).toBe(true);
    const counts: number[] = [];
    for (let n = 1; n <= 40; n += 1) {
      const knock = knockOf(12_000 + n, 1_600 + n * 1_000);
      const { transitions } = fold.fold(knock);
      expect(isSame(idsOf(transitions), idsOf(reference.fold(knock).transitions))).toBe(true);
      if (transitions.length > 0) counts.push(transitions.length);
    }
    expect(counts).toEqual([5_000, 5_000, 2_000]);
  });

  it('refuses a record that is not above the last', () => {
    const fold = createPartitionFold(0);
    fold.fold(knockOf(3, 1_000));
    expect(() => fold.fold(knockOf(3, 2_000))).toThrow();
    expect(() => fold.fold(knockOf(2, 2_000))).toThrow();
  });
});

const knockOf = (position: number, appendedAt: number): FoldRecord => ({
  position,
  appendedAt,
  key: null,
  record: { type: 'knock', ingest: 'ingest-1', n: position + 1 },
});

/** A knock, then this many systems within 600 ms; neighbours in time are far apart in name. */
const crowd = (systems: number): readonly FoldRecord[] => [
  knockOf(0, 1_000),
  ...Array.from({ length: systems }, (_, index): FoldRecord => {
    const record = { type: 'heartbeat', ttl_ms: 15_000 } as const;
    return {
      position: 1 + index,
      appendedAt: 1_000 + Math.floor(index / 20),
      key: `${(index * 7_919) % systems}`,
      record,
    };
  }),
];

const idsOf = (transitions: readonly Transition[]): readonly string[] => transitions.map(({ id }) => id).toSorted();

/** Takes the changes now and then, as commits do, and compares the copy they make. */
const changesFault = ({ seed, records }: World): string | null => {
  const random = createSeededRandom(seed);
  const fold = createPartitionFold(0);
  const copy = new Map<string, SystemRow>();
  for (const record of records) {
    fold.fold(record);
    if (!random.chance(0.1) && record !== records.at(-1)) continue;
    const count = fold.changedCount;
    const changes = fold.takeChanges();
    const fault = layOver(copy, changes);
    if (fault !== null) return `position ${record.position}: ${fault}`;
    if (count !== changes.systems.length + changes.removed.length)
      return `position ${record.position}: counts ${count}`;
    if (!isSame(sortedRows(copy.values()), sortedRows(fold.rows()))) return `position ${record.position}: another copy`;
    if (fold.changedCount !== 0) return `position ${record.position}: changes are left`;
  }
  return null;
};

const layOver = (copy: Map<string, SystemRow>, { systems, removed }: FoldChanges): string | null => {
  for (const systemId of removed) copy.delete(systemId);
  for (const { row, heartbeatOnly } of systems) {
    const old = copy.get(row.systemId);
    const { since, openAt, lastSeen, credential } = row;
    if (heartbeatOnly && !isSame({ ...old, since, openAt, lastSeen, credential }, row)) {
      return `${row.systemId} changed by more than a heartbeat`;
    }
    copy.set(row.systemId, row);
  }
  return null;
};

const countsOf = (rows: readonly SystemRow[]): ReturnType<PartitionFold['counts']> => {
  const present = rows.filter(({ retiredAt }) => retiredAt === null);
  const inState = (state: SystemRow['state']): number => present.filter((row) => row.state === state).length;
  return {
    systems: present.length,
    unseen: inState('unseen'),
    online: inState('online'),
    offline: inState('offline'),
    paused: present.filter(({ paused }) => paused).length,
  };
};

describe('the states', () => {
  it('are compared whole', () => {
    const [some, other] = [createReferenceFold(0), createReferenceFold(0)];
    some.fold(knockOf(0, 1_000));
    expect(stateDifference(some, other)?.what).toBe('state');
  });
});

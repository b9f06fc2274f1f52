import { openSqliteLivenessStore } from '@earshot/liveness-store/sqlite';
import { describe, expect, it } from 'vitest';
import { enter, happen, volatileCatalog } from '../testing/fill-catalog.ts';
import { AT, systemEntry, transition } from '../testing/records.ts';
import { PARTITIONS, project, systemRow } from '../testing/start-engine.ts';
import { nothingObserved, type Observation } from './observation.ts';
import { createRollingRefresh } from './refresh-last-seen.ts';

/** A projection of so many online systems, heard at AT + their index, which the catalog last knew at AT. */
const setUp = async (systems: number) => {
  const ids = Array.from({ length: systems }, (_, index) => `s${index}`);
  const catalog = volatileCatalog();
  enter(
    catalog,
    ids.map((id) => systemEntry(id)),
  );
  happen(
    catalog,
    ids.map((id, index) => transition(id, { position: index })),
  );
  const store = await openSqliteLivenessStore({ path: null });
  await project(store, { proven: AT + 10_000, systems: ids.map((id, index) => systemRow(id, AT + index)) });
  const views = await store.readPartitions();
  const observation: Observation = {
    ...nothingObserved(PARTITIONS),
    partitions: views.map((seen) => ({
      partition: seen.partition,
      condition: 'listening',
      seen,
      behindMs: 0,
      behindRecords: 0,
    })),
  };
  const stale = (): number => ids.filter((id, index) => catalog.systems.find(id)?.lastSeen !== AT + index).length;
  const rows: string[] = [];
  const refresh = createRollingRefresh({
    store,
    catalog,
    observation: () => observation,
    onRows: (page) => rows.push(...page.map(({ systemId }) => systemId)),
  });
  return { catalog, store, stale, rows, refresh };
};

describe('createRollingRefresh', () => {
  it('renews a second\u2019s share each turn, until all have had theirs', async () => {
    const { store, stale, refresh } = await setUp(4_500);
    const left: number[] = [stale()];
    for (let turns = 0; turns < 4; turns += 1) {
      await refresh.turn();
      left.push(stale());
    }
    expect(left[1]).toBeGreaterThan(2_400);
    expect(left[1]).toBeLessThan(2_700);
    expect(left.at(-1)).toBe(0);
    await store.close();
  });

  it('renews when a system will be due, and none for one that is paused', async () => {
    const { catalog, store, refresh } = await setUp(3);
    enter(catalog, [systemEntry('s1', { paused: true })]);
    await refresh.turn();
    expect(catalog.systems.find('s2')?.offlineAt).toBe(AT + 2 + 1_500_000);
    expect(catalog.systems.find('s1')?.offlineAt).toBeNull();
    await store.close();
  });

  it('shows every row it comes by, whatever its state', async () => {
    const { rows, store, refresh } = await setUp(3);
    await refresh.turn();
    expect(rows.toSorted()).toEqual(['s0', 's1', 's2']);
    await store.close();
  });

  it('leaves offline systems as their verdict has them', async () => {
    const { catalog, store, refresh } = await setUp(2);
    happen(catalog, [transition('s1', { position: 9, sequence: 2, to: 'offline' })]);
    const before = catalog.systems.find('s1');
    await refresh.turn();
    expect(catalog.systems.find('s1')).toEqual(before);
    await store.close();
  });
});

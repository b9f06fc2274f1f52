import { toIso } from '@earshot/contracts';
import { openSqliteLivenessStore } from '@earshot/liveness-store/sqlite';
import { createManualClock } from '@earshot/testkit';
import { describe, expect, it } from 'vitest';
import { enter, happen, volatileCatalog } from '../testing/fill-catalog.ts';
import { AT, eventRecord, systemEntry, transition } from '../testing/records.ts';
import { PARTITIONS, project, systemRow } from '../testing/start-engine.ts';
import { SCAN_ROWS_MAX } from './catalog.ts';
import type { EngineContext } from './engine-context.ts';
import { listOutages } from './list-outages.ts';
import { listSystems, type SystemsQuery } from './list-systems.ts';
import { createObserver } from './observe.ts';

const ANY: SystemsQuery = {
  lanes: [],
  flags: [],
  fleets: [],
  tags: [],
  prefix: '',
  systemIds: [],
  order: { sort: 'system_id', descending: false },
  after: null,
  limit: 50,
};

/** What lists work with, over a real catalog and projection. */
const setUp = async () => {
  const clock = createManualClock();
  const catalog = volatileCatalog();
  const store = await openSqliteLivenessStore({ path: null });
  const log = { ends: () => Promise.resolve([]) };
  const observer = createObserver({
    log,
    store,
    catalog,
    isCatalogComplete: () => true,
    clock,
    partitions: PARTITIONS,
    onCompleted: () => undefined,
  });
  const context = {
    catalog,
    store,
    clock,
    partitions: PARTITIONS,
    observation: observer.current,
  } as unknown as EngineContext;
  return { clock, catalog, store, observer, context };
};

describe('listSystems', () => {
  it('leaves out a system that has left the state asked for since its last transition was read', async () => {
    const { catalog, store, observer, context } = await setUp();
    happen(catalog, [
      transition('back', { position: 1, to: 'offline' }),
      transition('gone', { position: 2, to: 'offline' }),
    ]);
    await project(store, {
      proven: AT,
      systems: [systemRow('back', AT, { sequence: 2 }), systemRow('gone', AT, { state: 'offline', sequence: 1 })],
    });
    await observer.turn();
    const { systems } = await listSystems(context, { ...ANY, lanes: ['offline'] });
    expect(systems.map((system) => system.system_id)).toEqual(['gone']);
  });

  it('finds the late and the held among everything else', async () => {
    const { catalog, store, observer, context } = await setUp();
    const silent = systemRow('silent', AT - 1_400_000, { openAt: 3_600_000 - 1_400_000 });
    const due = systemRow('due', AT - 1_500_000, { openAt: 3_600_000 - 1_500_000 });
    enter(
      catalog,
      ['silent', 'due', 'well'].map((id) => systemEntry(id)),
    );
    happen(
      catalog,
      ['silent', 'due', 'well'].map((id, position) => transition(id, { position })),
    );
    await project(store, {
      proven: AT,
      state: { hold: 'on', holdOpenedAt: AT },
      systems: [silent, due, systemRow('well', AT)],
    });
    await observer.turn();
    const found = async (query: Partial<SystemsQuery>) =>
      (await listSystems(context, { ...ANY, ...query })).systems.map(({ system_id: id, late, held }) => [
        id,
        late,
        held,
      ]);
    expect(await found({ flags: ['late'] })).toEqual([
      ['due', true, true],
      ['silent', true, false],
    ]);
    expect(await found({ flags: ['held'] })).toEqual([['due', true, true]]);
    expect(await found({})).toContainEqual(['well', false, false]);
  });

  it('G12 looks on where hardly anything fits, and lets others run between', async () => {
    const { catalog, context } = await setUp();
    const many = SCAN_ROWS_MAX * 3;
    /** Both tags are too common to be gone by, and together once. */
    const tagsOf = (index: number): readonly string[] =>
      index === many - 1 ? ['a:1', 'b:1'] : [index % 2 === 0 ? 'a:1' : 'b:1'];
    enter(
      catalog,
      Array.from({ length: many }, (_, index) =>
        systemEntry(`s${String(index).padStart(5, '0')}`, { tags: tagsOf(index) }),
      ),
    );
    let turns = 0;
    let isDone = false;
    const count = (): void => {
      turns += 1;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const { systems, next } = await listSystems(context, { ...ANY, tags: ['a:1', 'b:1'] });
    isDone = true;
    expect([systems.length, next]).toEqual([1, null]);
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('G12 answers what it has found, and where to go on, when its time is up', async () => {
    const { catalog, clock, context } = await setUp();
    const many = SCAN_ROWS_MAX * 3;
    enter(
      catalog,
      Array.from({ length: many }, (_, index) =>
        systemEntry(`s${String(index).padStart(5, '0')}`, { tags: [index % 2 === 0 ? 'a:1' : 'b:1'] }),
      ),
    );
    const slow = { ...clock, monotonicNow: () => (now += 1_500) };
    let now = 0;
    const page = await listSystems({ ...context, clock: slow }, { ...ANY, tags: ['a:1', 'b:1'] });
    expect(page.systems).toEqual([]);
    expect(page.next?.value).toBe(`s${String(SCAN_ROWS_MAX * 2 - 1).padStart(5, '0')}`);
  });
});

describe('listOutages', () => {
  it('shows an outage as long as the partition\u2019s ledger has it, where later closings were added to it', async () => {
    const { catalog, store, observer, context } = await setUp();
    const outage = { from: AT - 9_000, to: AT - 8_000, cause: 'not_heard', ingest: 'ingest-1' } as const;
    catalog.sources.apply('incidents', 0, [
      eventRecord({ event: 'outage-recorded', id: '0/1/outage-recorded', position: 1, at: AT, outage }),
    ]);
    const asked = { partitions: [], from: null, until: null, after: null, limit: 10 };
    expect(listOutages(context, asked).rows).toMatchObject([{ to: toIso(AT - 8_000) }]);
    await project(store, { proven: AT, state: { ledger: [{ ...outage, to: AT - 2_000 }] } });
    await observer.turn();
    expect(listOutages(context, asked).rows).toMatchObject([{ from: toIso(AT - 9_000), to: toIso(AT - 2_000) }]);
  });
});

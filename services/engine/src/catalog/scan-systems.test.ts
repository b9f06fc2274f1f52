import { beforeAll, describe, expect, it } from 'vitest';
import { type Catalog, SCAN_ROWS_MAX } from '../application/catalog.ts';
import {
  ANY_STANDING,
  type KnownSystem,
  type Lane,
  LANES,
  type RowKey,
  SYSTEM_SORTS,
  type SystemFilter,
  type SystemOrder,
  type SystemSort,
} from '../domain/system-query.ts';
import { enter, happen, volatileCatalog } from '../testing/fill-catalog.ts';
import { AT, systemEntry, transition } from '../testing/records.ts';

const ALL: SystemFilter = { standing: ANY_STANDING, fleets: [], tags: [], prefix: '', systemIds: [] };
const SYSTEMS = 1_000;

/** Ids in an order that is not that of their rows, with astral and private-use characters, which UTF-16 orders otherwise. */
const idOf = (index: number): string => {
  if (index % 97 === 0) return `\u{1F600}-${index}`;
  if (index % 89 === 0) return `\uE000-${index}`;
  return `system-${(index * 7_919) % SYSTEMS}`;
};

const fill = (catalog: Catalog): void => {
  const indexes = Array.from({ length: SYSTEMS }, (_, index) => index);
  const entries = indexes.map((index) =>
    systemEntry(idOf(index), {
      fleet: index % 3 === 0 ? 'big' : index % 50 === 1 ? 'small' : 'default',
      name: index % 10 === 0 ? `pump ${index}` : '',
      tags: [...(index % 4 === 0 ? ['site:rome'] : []), ...(index % 6 === 0 ? ['kind:pump'] : [])],
      retired: index % 101 === 100,
      paused: index % 31 === 0,
    }),
  );
  enter(catalog, entries);
  const seen = indexes.filter((index) => index % 5 !== 0);
  happen(
    catalog,
    seen.map((index) => transition(idOf(index), { position: index, occurredAt: AT + (index % 40) })),
  );
  const lost = seen.filter((index) => index % 7 === 0);
  happen(
    catalog,
    lost.map((index) =>
      transition(idOf(index), {
        position: SYSTEMS + index,
        sequence: 2,
        to: 'offline',
        occurredAt: AT + 100 + (index % 9),
      }),
    ),
  );
};

/** Every page of a list, one after the other. */
const readAll = (
  catalog: Catalog,
  list: { readonly filter: SystemFilter; readonly order: SystemOrder },
  limit: number,
): readonly KnownSystem[] => {
  const rows: KnownSystem[] = [];
  let after: RowKey | null = null;
  for (let pages = 0; pages < SYSTEMS; pages += 1) {
    const page = catalog.systems.scan({ ...list, after, limit });
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    rows.push(...page.rows);
    after = page.next;
    if (after === null) return rows;
  }
  throw new Error('the list does not end');
};

const laneOf = (system: KnownSystem): Lane => (system.retired ? 'retired' : system.state);

const fits = (filter: SystemFilter, system: KnownSystem): boolean => {
  const { lanes, paused, named } = filter.standing;
  const stands =
    lanes.includes(laneOf(system)) || (paused && system.paused && !system.retired) || named.includes(system.systemId);
  return (
    stands &&
    (filter.fleets.length === 0 || filter.fleets.includes(system.fleet)) &&
    filter.tags.every((tag) => system.tags.includes(tag)) &&
    (system.systemId.startsWith(filter.prefix) || system.name.startsWith(filter.prefix)) &&
    (filter.systemIds.length === 0 || filter.systemIds.includes(system.systemId))
  );
};

const valueOf = (system: KnownSystem, sort: SystemSort): string | number | null =>
  ({
    system_id: system.systemId,
    last_seen: system.lastSeen,
    state_since: system.stateSince,
    offline_at: system.offlineAt,
  })[sort];

const compareValues = (a: string | number, b: string | number): number => {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
};

/** The order a list must have: by value, rows without one last, ties by number. */
const sorted = (systems: readonly KnownSystem[], { sort, descending }: SystemOrder): readonly KnownSystem[] => {
  const sign = descending ? -1 : 1;
  return systems.toSorted((a, b) => {
    const [left, right] = [valueOf(a, sort), valueOf(b, sort)];
    if (left === null || right === null) {
      return left === right ? sign * (a.number - b.number) : left === null ? 1 : -1;
    }
    return sign * (compareValues(left, right) || a.number - b.number);
  });
};

const ids = (systems: readonly KnownSystem[]): readonly string[] => systems.map(({ systemId }) => systemId);

const FILTERS: readonly (readonly [string, Partial<SystemFilter>])[] = [
  ['no filter', {}],
  ['one state', { standing: { lanes: ['offline'], paused: false, named: [] } }],
  ['online', { standing: { lanes: ['online'], paused: false, named: [] } }],
  ['two states', { standing: { lanes: ['unseen', 'offline'], paused: false, named: [] } }],
  ['retired', { standing: { lanes: ['retired'], paused: false, named: [] } }],
  ['everything', { standing: { lanes: LANES, paused: false, named: [] } }],
  ['paused', { standing: { lanes: [], paused: true, named: [] } }],
  ['named', { standing: { lanes: [], paused: false, named: [idOf(1), idOf(2), idOf(97)] } }],
  ['nothing named', { standing: { lanes: [], paused: false, named: [] } }],
  ['a state or paused', { standing: { lanes: ['offline'], paused: true, named: [idOf(3)] } }],
  ['a fleet', { fleets: ['small'] }],
  ['fleets', { fleets: ['small', 'big'] }],
  ['a fleet nobody is in', { fleets: ['nobody'] }],
  ['tags', { tags: ['site:rome', 'kind:pump'] }],
  ['a tag nobody has', { tags: ['site:rome', 'kind:none'] }],
  ['prefix of ids', { prefix: 'system-1' }],
  ['prefix of names', { prefix: 'pump 1' }],
  ['prefix beyond the basic plane', { prefix: '\u{1F600}' }],
  ['ids', { systemIds: [idOf(5), idOf(6), 'nobody'] }],
  ['all at once', { fleets: ['big'], tags: ['site:rome'], prefix: 'system', standing: ANY_STANDING }],
];

describe('scanSystems', () => {
  let catalog: Catalog;
  let everything: readonly KnownSystem[];
  beforeAll(() => {
    catalog = volatileCatalog();
    fill(catalog);
    const filter = { ...ALL, standing: { lanes: LANES, paused: false, named: [] } };
    everything = readAll(catalog, { filter, order: { sort: 'system_id', descending: false } }, 500);
  });

  it('knows all of them', () => {
    expect(new Set(ids(everything)).size).toBe(SYSTEMS);
  });

  for (const [what, members] of FILTERS) {
    for (const sort of SYSTEM_SORTS) {
      it.each([false, true])(`pages ${what} by ${sort}, descending %s, each system once and in order`, (descending) => {
        const list = { filter: { ...ALL, ...members }, order: { sort, descending } };
        const expected = sorted(
          everything.filter((system) => fits(list.filter, system)),
          list.order,
        );
        expect(ids(readAll(catalog, list, 50))).toEqual(ids(expected));
        expect(ids(readAll(catalog, list, 500))).toEqual(ids(expected));
      });
    }
  }

  it('says the end on the page that ends it', () => {
    const filter = { ...ALL, standing: { lanes: LANES, paused: false, named: [] } };
    const scan = { filter, order: { sort: 'system_id', descending: false } as const, after: null };
    const total = everything.length;
    expect(catalog.systems.scan({ ...scan, limit: total }).next).toBeNull();
    expect(catalog.systems.scan({ ...scan, limit: total - 1 }).next).not.toBeNull();
  });

  it('keeps going where rows were, when systems come and go between pages', () => {
    const moving = volatileCatalog();
    enter(moving, [systemEntry('a'), systemEntry('c'), systemEntry('e')]);
    const scan = { filter: ALL, order: { sort: 'system_id', descending: false } as const, limit: 2 };
    const first = moving.systems.scan({ ...scan, after: null });
    enter(moving, [systemEntry('b'), systemEntry('d')]);
    expect(ids(moving.systems.scan({ ...scan, after: first.next }).rows)).toEqual(['d', 'e']);
  });
});

describe('scanSystems G12', () => {
  it('examines a bounded number of rows a look, and finds what is far between all the same', () => {
    const catalog = volatileCatalog();
    const many = SCAN_ROWS_MAX * 2 + 500;
    /** Both tags are too common to be gone by, and hardly ever together. */
    const tagsOf = (index: number): readonly string[] =>
      index === many - 1 ? ['a:1', 'b:1'] : [index % 2 === 0 ? 'a:1' : 'b:1'];
    enter(
      catalog,
      Array.from({ length: many }, (_, index) =>
        systemEntry(`s${String(index).padStart(6, '0')}`, { tags: tagsOf(index) }),
      ),
    );
    const scan = {
      filter: { ...ALL, tags: ['a:1', 'b:1'] },
      order: { sort: 'system_id', descending: false } as const,
      limit: 10,
    };
    const first = catalog.systems.scan({ ...scan, after: null });
    expect(first.rows).toEqual([]);
    expect(first.next?.value).toBe(`s${String(SCAN_ROWS_MAX - 1).padStart(6, '0')}`);
    const second = catalog.systems.scan({ ...scan, after: first.next });
    const third = catalog.systems.scan({ ...scan, after: second.next });
    expect(ids(third.rows)).toEqual([`s${String(many - 1).padStart(6, '0')}`]);
    expect(third.next).toBeNull();
  });
});

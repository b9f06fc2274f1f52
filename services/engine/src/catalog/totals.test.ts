import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SystemEntry } from '@earshot/contracts';
import type { Catalog } from '../application/catalog.ts';
import { type KnownSystem, LANES } from '../domain/system-query.ts';
import { enter, happen, volatileCatalog } from '../testing/fill-catalog.ts';
import { AT, systemEntry, tombstone, transition } from '../testing/records.ts';

const IDS = ['a', 'b', 'c', '__proto__', '0/1'];
const FLEETS = ['default', 'other', 'constructor'];

type Step =
  | { readonly kind: 'enter'; readonly entry: SystemEntry }
  | {
      readonly kind: 'happen';
      readonly id: string;
      readonly registration: number;
      readonly sequence: number;
      readonly to: 'online' | 'offline';
    }
  | { readonly kind: 'end'; readonly id: string }
  | { readonly kind: 'forget'; readonly id: string };

const id = fc.constantFrom(...IDS);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .record({
      id,
      fleet: fc.constantFrom(...FLEETS),
      retired: fc.boolean(),
      paused: fc.boolean(),
      tagged: fc.boolean(),
    })
    .map((made): Step => ({
      kind: 'enter',
      entry: systemEntry(made.id, {
        fleet: made.fleet,
        retired: made.retired,
        paused: made.paused,
        tags: made.tagged ? ['site:rome'] : ['site:paris', 'kind:pump'],
      }),
    })),
  fc.record({
    kind: fc.constant('happen' as const),
    id,
    registration: fc.integer({ min: 0, max: 6 }),
    sequence: fc.integer({ min: 1, max: 4 }),
    to: fc.constantFrom('online' as const, 'offline' as const),
  }),
  fc.record({ kind: fc.constant('end' as const), id }),
  fc.record({ kind: fc.constant('forget' as const), id }),
);

const take = (catalog: Catalog, made: Step, position: number): void => {
  switch (made.kind) {
    case 'enter':
      return enter(catalog, [made.entry]);
    case 'happen':
      return happen(catalog, [transition(made.id, { ...made, position })]);
    case 'end':
      catalog.sources.apply('transitions', 0, [tombstone(position, made.id)]);
      return;
    case 'forget': {
      const end = catalog.sources.position('registry', 0)?.position ?? 0;
      catalog.sources.apply('registry', 0, [tombstone(end, `system/${made.id}`)]);
    }
  }
};

const everything = (catalog: Catalog): readonly KnownSystem[] =>
  catalog.systems.scan({
    filter: { standing: { lanes: LANES, paused: false, named: [] }, fleets: [], tags: [], prefix: '', systemIds: [] },
    order: { sort: 'system_id', descending: false },
    after: null,
    limit: 500,
  }).rows;

const recount = (systems: readonly KnownSystem[]) => {
  const watched = systems.filter(({ retired }) => !retired);
  const count = (state: string): number => watched.filter((system) => system.state === state).length;
  return {
    systems: watched.length,
    unseen: count('unseen'),
    online: count('online'),
    offline: count('offline'),
    paused: watched.filter(({ paused }) => paused).length,
  };
};

describe('totals', () => {
  it('are what counting would give after any sequence of records, of all systems and of each fleet', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const catalog = volatileCatalog();
        for (const [position, made] of steps.entries()) take(catalog, made, position);
        const systems = everything(catalog);
        const totals = catalog.systems.totals();
        expect(totals).toEqual(recount(systems));
        expect(totals.unseen + totals.online + totals.offline).toBe(totals.systems);
        for (const fleet of FLEETS) {
          expect(catalog.systems.totalsOf(fleet)).toEqual(recount(systems.filter((system) => system.fleet === fleet)));
          expect(catalog.registry.hasSystems(fleet)).toBe(systems.some((one) => one.fleet === fleet && !one.retired));
        }
        const largest = catalog.systems.largestFleets(10);
        expect(largest.map((fleet) => fleet.totals.systems)).toEqual(
          largest.map((fleet) => fleet.totals.systems).toSorted((a, b) => b - a),
        );
        expect(largest.reduce((sum, fleet) => sum + fleet.totals.systems, 0)).toBe(totals.systems);
        catalog.close();
      }),
      { numRuns: 150 },
    );
  });

  it('count a system of a fleet that is not entered', () => {
    const catalog = volatileCatalog();
    happen(catalog, [transition('a', { fleet: 'stranger', occurredAt: AT })]);
    expect(catalog.systems.totalsOf('stranger')).toMatchObject({ systems: 1, online: 1 });
  });
});

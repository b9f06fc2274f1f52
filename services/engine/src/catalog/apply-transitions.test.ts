import { beforeEach, describe, expect, it } from 'vitest';
import { transitionDocument } from '@earshot/contracts';
import type { Catalog } from '../application/catalog.ts';
import { enter, happen, volatileCatalog } from '../testing/fill-catalog.ts';
import {
  AT,
  fleetEntry,
  registryRecord,
  systemEntry,
  tombstone,
  transition,
  transitionRecord,
} from '../testing/records.ts';

const history = (catalog: Catalog, systemId: string) =>
  catalog.history.transitions({ systemIds: [systemId], to: [], from: null, until: null, after: null, limit: 500 }).rows;

const VERDICT_HOSTILE = transition('a', {
  position: 5,
  sequence: 2,
  to: 'offline',
  occurredAt: AT + 7,
  decidedAt: AT + 9,
  evidence: {
    lastSeen: AT - 1_500_123,
    since: AT - 1_500_120,
    ttlMs: 1_500_127,
    proven: AT + 7,
    openSince: AT - 9_000_001,
    openMs: 1_500_127,
    rule: 'accumulated',
    outages: [{ from: AT - 500, to: AT - 400, cause: 'turned_away', ingest: 'ingest "1"' }],
    hold: 'on',
    heldMs: 12_345,
  },
});

describe('transitions in the catalog', () => {
  let catalog: Catalog;
  beforeEach(() => {
    catalog = volatileCatalog();
  });

  it('G11 gives the verdict of an offline system and its transition exactly as they were stored', () => {
    happen(catalog, [transition('a', { position: 1, from: 'unseen' }), VERDICT_HOSTILE]);
    const document = transitionDocument(VERDICT_HOSTILE);
    expect(catalog.systems.find('a')?.verdict).toEqual(document.verdict);
    expect(JSON.stringify(history(catalog, 'a')[0])).toBe(JSON.stringify(document));
    expect(catalog.systems.find('a')).toMatchObject({
      state: 'offline',
      stateSince: AT + 7,
      lastSeen: AT - 1_500_123,
      offlineAt: AT - 1_500_120 + 1_500_127,
    });
  });

  it('G11 keeps no verdict for a system that is back online', () => {
    happen(catalog, [VERDICT_HOSTILE, transition('a', { position: 6, sequence: 3 })]);
    expect(catalog.systems.find('a')).toMatchObject({ state: 'online', verdict: null });
  });

  it('G6 drops what is not above the sequence known, so that repetition changes nothing', () => {
    const records = [transition('a', { position: 1 }), VERDICT_HOSTILE];
    happen(catalog, records);
    const before = catalog.systems.find('a');
    happen(catalog, records);
    happen(catalog, [transition('a', { position: 1 })]);
    expect(catalog.systems.find('a')).toEqual(before);
    expect(history(catalog, 'a')).toHaveLength(2);
  });

  it('begins to count anew with a higher registration, and ignores a lower one', () => {
    happen(catalog, [transition('a', { position: 1, registration: 3, sequence: 8, to: 'offline' })]);
    happen(catalog, [transition('a', { position: 2, registration: 5, sequence: 1 })]);
    expect(catalog.systems.find('a')).toMatchObject({ state: 'online', registration: 5, sequence: 1 });
    happen(catalog, [transition('a', { position: 3, registration: 3, sequence: 9, to: 'offline' })]);
    expect(catalog.systems.find('a')).toMatchObject({ state: 'online', registration: 5 });
  });

  it('shows a system nobody entered at once, to be entered, with its fleet\u2019s interval', () => {
    catalog.sources.apply('registry', 0, [registryRecord(0, fleetEntry('default', { interval_ms: 60_000 }))]);
    happen(catalog, [transition('__proto__', { position: 1 })]);
    expect(catalog.systems.find('__proto__')).toMatchObject({ revision: null, intervalMs: 60_000, ttlMs: 1_500_000 });
    expect(catalog.systems.unentered(0, 10).map(({ systemId }) => systemId)).toEqual(['__proto__']);
    enter(catalog, [systemEntry('__proto__', { name: 'entered' })]);
    expect(catalog.systems.find('__proto__')).toMatchObject({ state: 'online', name: 'entered' });
    expect(catalog.systems.unentered(0, 10)).toEqual([]);
  });

  it('keeps a retired system out of sight, whatever still comes of it', () => {
    enter(catalog, [systemEntry('a'), systemEntry('a', { retired: true })]);
    happen(catalog, [transition('a', { position: 1 })]);
    expect(catalog.systems.find('a')).toBeNull();
    expect(catalog.systems.totals().systems).toBe(0);
  });

  it('brings a retired system back as unseen, and lets nothing of its old registration count', () => {
    enter(catalog, [systemEntry('a')]);
    happen(catalog, [transition('a', { position: 1, registration: 0, sequence: 4, to: 'offline' })]);
    enter(catalog, [systemEntry('a', { retired: true }), systemEntry('a')]);
    expect(catalog.systems.find('a')).toMatchObject({
      state: 'unseen',
      stateSince: null,
      lastSeen: null,
      verdict: null,
    });
    happen(catalog, [transition('a', { position: 2, registration: 0, sequence: 5 })]);
    expect(catalog.systems.find('a')?.state).toBe('unseen');
    happen(catalog, [transition('a', { position: 3, registration: 2, sequence: 1 })]);
    expect(catalog.systems.find('a')?.state).toBe('online');
  });

  it('forgets the state of a registration that was ended by a tombstone', () => {
    enter(catalog, [systemEntry('a')]);
    happen(catalog, [VERDICT_HOSTILE]);
    catalog.sources.apply('transitions', 0, [tombstone(9, 'a')]);
    expect(catalog.systems.find('a')).toMatchObject({ state: 'unseen', verdict: null, offlineAt: null });
    happen(catalog, [VERDICT_HOSTILE]);
    expect(catalog.systems.find('a')?.state).toBe('unseen');
  });

  it('H23 passes over what it cannot read and says where it was', () => {
    const good = transitionRecord(transition('a', { position: 4 }));
    const records = [
      { ...good, position: 1, value: 'not json' },
      { ...good, position: 2, value: '{"specversion":"1.0"}' },
      { ...good, position: 3, key: 'another' },
      good,
    ];
    expect(catalog.sources.apply('transitions', 0, records)).toEqual([
      { position: 1, reason: 'not_json' },
      { position: 2, reason: 'schema' },
      { position: 3, reason: 'schema' },
    ]);
    expect(catalog.systems.find('a')?.state).toBe('online');
    expect(catalog.sources.position('transitions', 0)?.position).toBe(5);
  });

  it('has no deadline for a paused system', () => {
    enter(catalog, [systemEntry('a', { paused: true })]);
    happen(catalog, [transition('a', { position: 1 })]);
    expect(catalog.systems.find('a')).toMatchObject({ paused: true, offlineAt: null });
    enter(catalog, [systemEntry('b')]);
    happen(catalog, [transition('b', { position: 2 })]);
    enter(catalog, [systemEntry('b', { paused: true })]);
    expect(catalog.systems.find('b')?.offlineAt).toBeNull();
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import type { PartitionEvent } from '@earshot/contracts';
import type { Catalog, OutageScan, TransitionScan } from '../application/catalog.ts';
import type { RowKey } from '../domain/system-query.ts';
import { happen, volatileCatalog } from '../testing/fill-catalog.ts';
import { AT, eventRecord, transition } from '../testing/records.ts';

const ANY: TransitionScan = { systemIds: [], to: [], from: null, until: null, after: null, limit: 7 };
const ANY_OUTAGE: OutageScan = { partitions: [], from: null, until: null, after: null, limit: 2 };

const allTransitions = (catalog: Catalog, scan: TransitionScan): readonly string[] => {
  const found: string[] = [];
  let after: RowKey | null = null;
  do {
    const page = catalog.history.transitions({ ...scan, after });
    found.push(...page.rows.map(({ id }) => id));
    after = page.next;
  } while (after !== null);
  return found;
};

const outage = (partition: number, position: number, from: number): { partition: number; event: PartitionEvent } => ({
  partition,
  event: {
    event: 'outage-recorded',
    id: `${partition}/${position}/outage-recorded`,
    position,
    at: AT,
    outage: { from: AT + from, to: AT + from + 10, cause: 'not_heard', ingest: 'ingest-1' },
  },
});

const record = (catalog: Catalog, made: readonly { partition: number; event: PartitionEvent }[]): void => {
  for (const { partition, event } of made) catalog.sources.apply('incidents', partition, [eventRecord(event)]);
};

describe('transitions', () => {
  let catalog: Catalog;
  /** Three systems, their transitions in pairs at the same instants. */
  const made = Array.from({ length: 30 }, (_, index) =>
    transition(`s${index % 3}`, {
      position: index,
      sequence: Math.floor(index / 3) + 1,
      to: Math.floor(index / 3) % 2 === 0 ? 'online' : 'offline',
      occurredAt: AT + Math.floor(index / 2) * 10,
    }),
  );
  beforeEach(() => {
    catalog = volatileCatalog();
    happen(catalog, made);
  });

  const expected = (keep: (one: (typeof made)[number]) => boolean): readonly string[] =>
    made
      .filter(keep)
      .toReversed()
      .map(({ id }) => id);

  it('page newest first, each once, also where several share an instant', () => {
    expect(allTransitions(catalog, ANY)).toEqual(expected(() => true));
    expect(allTransitions(catalog, { ...ANY, limit: 1 })).toEqual(expected(() => true));
  });

  it('can be asked for by system, by direction and by time', () => {
    expect(allTransitions(catalog, { ...ANY, systemIds: ['s1', 'nobody'] })).toEqual(
      expected(({ systemId }) => systemId === 's1'),
    );
    expect(allTransitions(catalog, { ...ANY, to: ['offline'] })).toEqual(expected(({ to }) => to === 'offline'));
    expect(allTransitions(catalog, { ...ANY, systemIds: ['s1'], to: ['online'] })).toEqual(
      expected(({ systemId, to }) => systemId === 's1' && to === 'online'),
    );
    expect(allTransitions(catalog, { ...ANY, from: AT + 50, until: AT + 90 })).toEqual(
      expected(({ occurredAt }) => occurredAt >= AT + 50 && occurredAt < AT + 90),
    );
  });

  it('are forgotten when they are old, but for the newest of each system', () => {
    const offline = catalog.systems.find('s0');
    expect(catalog.history.forgetBefore(AT + 1_000_000)).toBe(false);
    expect(allTransitions(catalog, ANY)).toEqual(expected(({ position }) => position >= 27));
    expect(catalog.systems.find('s0')).toEqual(offline);
    expect(offline?.verdict).not.toBeNull();
  });
});

describe('outages', () => {
  it('page newest first over all partitions, repetition aside', () => {
    const catalog = volatileCatalog();
    const made = [outage(0, 1, 0), outage(1, 1, 50), outage(0, 2, 100), outage(0, 2, 100), outage(2, 9, 100)];
    record(catalog, made);
    const first = catalog.history.outages(ANY_OUTAGE);
    const second = catalog.history.outages({ ...ANY_OUTAGE, after: first.next });
    const ids = [...first.rows, ...second.rows].map(({ id }) => id);
    expect(ids).toEqual(['2/9/outage-recorded', '0/2/outage-recorded', '1/1/outage-recorded', '0/1/outage-recorded']);
    expect(second.next).toBeNull();
  });

  it('are those of the partitions and overlapping the stretch asked for', () => {
    const catalog = volatileCatalog();
    record(catalog, [outage(0, 1, 0), outage(1, 1, 50), outage(0, 2, 100)]);
    const found = (scan: Partial<OutageScan>): readonly string[] =>
      catalog.history.outages({ ...ANY_OUTAGE, limit: 10, ...scan }).rows.map(({ id }) => id);
    expect(found({ partitions: [1] })).toEqual(['1/1/outage-recorded']);
    expect(found({ from: AT + 10, until: AT + 51 })).toEqual(['1/1/outage-recorded', '0/1/outage-recorded']);
    expect(found({ from: AT + 11, until: AT + 50 })).toEqual([]);
  });
});

describe('silences', () => {
  const opened = (position: number, at: number): PartitionEvent => ({
    event: 'fleet-silence-opened',
    id: `0/${position}/fleet-silence-opened`,
    position,
    at: AT + at,
    late: 12,
    listed: 40,
  });
  const closed = (position: number, at: number): PartitionEvent => ({
    event: 'fleet-silence-closed',
    id: `0/${position}/fleet-silence-closed`,
    position,
    at: AT + at,
    reason: 'operator',
    by: 'ann',
    note: 'planned',
  });

  it('end with their closing event, who asked for it and why, and repetition changes nothing', () => {
    const catalog = volatileCatalog();
    const events = [opened(1, 0), closed(2, 50), opened(3, 90)];
    for (const event of [...events, ...events]) record(catalog, [{ partition: 0, event }]);
    expect(catalog.history.silences()).toEqual([
      {
        id: '0/3/fleet-silence-opened',
        partition: 0,
        openedAt: AT + 90,
        closedAt: null,
        late: 12,
        listed: 40,
        reason: null,
        by: '',
        note: '',
      },
      {
        id: '0/1/fleet-silence-opened',
        partition: 0,
        openedAt: AT,
        closedAt: AT + 50,
        late: 12,
        listed: 40,
        reason: 'operator',
        by: 'ann',
        note: 'planned',
      },
    ]);
  });
});

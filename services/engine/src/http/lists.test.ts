import { createManualClock } from '@earshot/testkit';
import { INCIDENTS_TOPIC, fleetKey, type PartitionEvent, systemKey } from '@earshot/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ReadyEngine, startReadyEngine } from '../testing/ready-engine.ts';
import { AT, eventRecord, fleetEntry, systemEntry, transition } from '../testing/records.ts';
import { publication, registryEntry } from '../testing/start-engine.ts';

const SYSTEMS = 1_000;
const idOf = (index: number): string => `s/${String(index).padStart(4, '0')}`;
const indexes = Array.from({ length: SYSTEMS }, (_, index) => index);

const systems = indexes.map((index) =>
  registryEntry(
    systemKey(idOf(index)),
    systemEntry(idOf(index), {
      fleet: index % 4 === 0 ? 'north' : 'default',
      name: `pump ${index}`,
      tags: [`bay:${index % 3}`],
    }),
  ),
);
const fleets = Array.from({ length: 120 }, (_, index) => `fleet ${String(index).padStart(3, '0')}`).map((name) =>
  registryEntry(fleetKey(name), fleetEntry(name)),
);
const transitions = indexes
  .filter((index) => index % 2 === 0)
  .flatMap((index) => [
    publication(transition(idOf(index), { position: index, occurredAt: AT + index })),
    ...(index % 10 === 0
      ? [
          publication(
            transition(idOf(index), {
              position: 5_000 + index,
              sequence: 2,
              to: 'offline',
              occurredAt: AT + 5_000 + index,
            }),
          ),
        ]
      : []),
  ]);

const event = (partition: number, made: PartitionEvent) => {
  const { key, value } = eventRecord(made);
  return { topic: INCIDENTS_TOPIC, partition, key, value };
};
const outages = Array.from({ length: 130 }, (_, index) =>
  event(index % 2, {
    event: 'outage-recorded',
    id: `${index % 2}/${index}/outage-recorded`,
    position: index,
    at: AT + index * 1_000,
    outage: { from: AT + index * 1_000, to: AT + index * 1_000 + 500, cause: 'vanished', ingest: 'ingest-9' },
  }),
);
const silences = Array.from({ length: 60 }, (_, index) => [
  event(0, {
    event: 'fleet-silence-opened',
    id: `0/${1_000 + index * 2}/fleet-silence-opened`,
    position: 1_000 + index * 2,
    at: AT + index * 10_000,
    late: 10,
    listed: 30,
  }),
  event(0, {
    event: 'fleet-silence-closed',
    id: `0/${1_001 + index * 2}/fleet-silence-closed`,
    position: 1_001 + index * 2,
    at: AT + index * 10_000 + 5_000,
    reason: 'recovered',
    by: '',
    note: '',
  }),
]).flat();

describe('lists', () => {
  let engine: ReadyEngine;
  beforeAll(async () => {
    engine = await startReadyEngine(createManualClock(), {
      records: [...systems, ...fleets, ...transitions, ...outages, ...silences],
    });
  });
  afterAll(() => engine.stop());

  /** Every row of a list, and how many pages it took. */
  const readAll = async (
    member: string,
    target: string,
  ): Promise<{ rows: Record<string, unknown>[]; pages: number }> => {
    const rows: Record<string, unknown>[] = [];
    let cursor: string | null = null;
    let pages = 0;
    do {
      const next = cursor === null ? '' : `${target.includes('?') ? '&' : '?'}cursor=${cursor}`;
      const data = await engine.data(target + next);
      expect(data).toHaveProperty('as_of');
      rows.push(...(data[member] as Record<string, unknown>[]));
      cursor = data['next_cursor'] as string | null;
      pages += 1;
    } while (cursor !== null && pages < 1_100);
    return { rows, pages };
  };
  const faults = async (target: string): Promise<unknown> => {
    const { status, text } = await engine.send(target);
    expect(status).toBe(400);
    expect(
      text.startsWith('{"code":400,"message":"validation failed","data":{"type":"validation_error","errors":['),
    ).toBe(true);
    return JSON.parse(text).data.errors;
  };

  it.each([
    ['/api/systems', 20],
    ['/api/systems?limit=500', 2],
    ['/api/systems?limit=333&sort=-system_id', 4],
    ['/api/systems?sort=last_seen', 20],
    ['/api/systems?sort=-state_since&limit=100', 10],
    ['/api/systems?sort=offline_at&limit=100', 10],
  ])('gives all 1,000 systems of %s once, in %i pages', async (target, pages) => {
    const read = await readAll('systems', target);
    expect(new Set(read.rows.map((row) => row['system_id'])).size).toBe(SYSTEMS);
    expect([read.rows.length, read.pages]).toEqual([SYSTEMS, pages]);
  });

  it.each([
    ['state=offline', (index: number) => index % 10 === 0],
    ['state=offline&state=unseen', (index: number) => index % 10 === 0 || index % 2 === 1],
    ['fleet=north', (index: number) => index % 4 === 0],
    ['fleet=north&fleet=default&tag=bay%3A1', (index: number) => index % 3 === 1],
    ['tag=bay:1&tag=bay:2', () => false],
    ['q=s%2F00', (index: number) => index < 100],
    ['q=pump+12', (index: number) => String(index).startsWith('12')],
    [
      `system_id=${encodeURIComponent(idOf(7))}&system_id=${encodeURIComponent(idOf(9))}`,
      (index: number) => [7, 9].includes(index),
    ],
    ['state=late', () => false],
    ['state=retired', () => false],
  ])('gives exactly the systems that fit %s', async (query, fits) => {
    const read = await readAll('systems', `/api/systems?${query}&limit=37`);
    expect(read.rows.map((row) => row['system_id'])).toEqual(indexes.filter(fits).map(idOf));
  });

  it('gives the transitions of all systems, newest first, in pages', async () => {
    const read = await readAll('transitions', '/api/transitions?limit=64');
    expect(read.rows).toHaveLength(600);
    const times = read.rows.map((row) => String(row['occurred_at']));
    expect(times).toEqual(times.toSorted().toReversed());
    expect(new Set(read.rows.map((row) => row['id'])).size).toBe(600);
  });

  it('gives the transitions of one system, direction and stretch of time', async () => {
    const until = new Date(AT + 5_100).toISOString();
    const read = await readAll(
      'transitions',
      `/api/transitions?to=offline&until=${until}&from=${new Date(AT).toISOString()}`,
    );
    expect(read.rows.map((row) => row['system_id'])).toEqual([90, 80, 70, 60, 50, 40, 30, 20, 10, 0].map(idOf));
    const one = await readAll('transitions', `/api/transitions?system_id=${encodeURIComponent(idOf(20))}`);
    expect(one.rows.map((row) => [row['to'], row['sequence']])).toEqual([
      ['offline', 2],
      ['online', 1],
    ]);
    expect(Object.keys(one.rows[0]?.['verdict'] ?? {})).toEqual(
      expect.arrayContaining([
        'last_seen',
        'ttl_seconds',
        'proven',
        'decided_at',
        'rule',
        'open_seconds',
        'outages',
        'held_seconds',
      ]),
    );
  });

  it('gives fleets by name, each with its totals', async () => {
    const read = await readAll('fleets', '/api/fleets');
    const names = read.rows.map((row) => row['name']);
    expect(names).toEqual(['default', ...fleets.map((_, index) => `fleet ${String(index).padStart(3, '0')}`)]);
    expect(read.pages).toBe(3);
    expect(read.rows[0]).toMatchObject({ totals: { systems: 750, unseen: 500, online: 200, offline: 50 } });
  });

  it('gives outages with cause and ingest, newest first, by partition and time', async () => {
    const all = await readAll('outages', '/api/outages');
    expect(all.rows).toHaveLength(130);
    expect(all.rows[0]).toEqual({
      id: '1/129/outage-recorded',
      partition: 1,
      from: new Date(AT + 129_000).toISOString(),
      to: new Date(AT + 129_500).toISOString(),
      cause: 'vanished',
      ingest: 'ingest-9',
    });
    const some = await readAll('outages', `/api/outages?partition=1&until=${new Date(AT + 10_000).toISOString()}`);
    expect(some.rows.map((row) => row['id'])).toEqual([9, 7, 5, 3, 1].map((index) => `1/${index}/outage-recorded`));
  });

  it('gives what is the matter now, then the fleet silences that are over', async () => {
    const read = await readAll('incidents', '/api/incidents?limit=7');
    expect(read.rows.slice(0, 2)).toMatchObject([
      { id: 'partition/0', kind: 'partition', condition: 'rebuilding' },
      { id: 'partition/1', kind: 'partition', condition: 'rebuilding' },
    ]);
    expect(read.rows.slice(2).map((row) => row['id'])).toEqual(
      silences.flatMap((_, index) => (index % 2 === 0 ? [`0/${1_000 + index}/fleet-silence-opened`] : [])).toReversed(),
    );
    expect(read.rows[2]).toMatchObject({ kind: 'fleet_silence', partitions: { silent: 1, of: 2 } });
  });

  it('gives totals that add up, partitions and incidents in the summary', async () => {
    expect(await engine.data('/api/summary')).toMatchObject({
      totals: { systems: 1_000, unseen: 500, online: 400, offline: 100, of_which: { late: 0, held: 0, paused: 0 } },
      partitions: [{ partition: 0 }, { partition: 1 }],
      catalog: 'complete',
      projection: 'reachable',
      as_of: null,
    });
  });

  it('goes on only with a cursor of the same list', async () => {
    const { next_cursor: cursor } = await engine.data('/api/systems?state=offline');
    const value = String(cursor);
    for (const target of [
      '/api/systems',
      '/api/systems?state=online',
      '/api/systems?state=offline&sort=-system_id',
      '/api/transitions',
    ]) {
      expect(await faults(`${target}${target.includes('?') ? '&' : '?'}cursor=${value}`)).toEqual([
        { key: 'cursor', message: 'invalid', value },
      ]);
    }
    for (const broken of ['x', '!!!!', 'W10', value.slice(0, -4), encodeURIComponent('\u{1F600}')]) {
      expect(await faults(`/api/systems?state=offline&cursor=${broken}`)).toMatchObject([
        { key: 'cursor', message: 'invalid' },
      ]);
    }
    expect((await engine.send(`/api/systems?state=offline&limit=3&cursor=${value}`)).status).toBe(200);
  });

  it.each([
    ['/api/systems?sate=offline', [{ key: 'sate', message: 'unknown', value: 'offline' }]],
    ['/api/systems?state=dead', [{ key: 'state', message: 'not_allowed', value: 'dead' }]],
    ['/api/systems?sort=name', [{ key: 'sort', message: 'not_allowed', value: 'name' }]],
    ['/api/systems?limit=0', [{ key: 'limit', message: 'out_of_range', value: '0' }]],
    ['/api/systems?limit=501', [{ key: 'limit', message: 'out_of_range', value: '501' }]],
    ['/api/systems?limit=1e2', [{ key: 'limit', message: 'must_be_integer', value: '1e2' }]],
    ['/api/systems?limit=-1', [{ key: 'limit', message: 'must_be_integer', value: '-1' }]],
    ['/api/systems?q=a&q=b', [{ key: 'q', message: 'repeated', value: 'a, b' }]],
    ['/api/systems?q=%ff', [{ key: 'q', message: 'invalid_characters', value: '%ff' }]],
    ['/api/systems?fleet=', [{ key: 'fleet', message: 'required', value: '' }]],
    ['/api/systems?__proto__=1', [{ key: '__proto__', message: 'unknown', value: '1' }]],
    ['/api/transitions?from=yesterday', [{ key: 'from', message: 'must_be_instant', value: 'yesterday' }]],
    ['/api/transitions?to=unseen', [{ key: 'to', message: 'not_allowed', value: 'unseen' }]],
    ['/api/outages?partition=2', [{ key: 'partition', message: 'out_of_range', value: '2' }]],
    ['/api/summary?verbose', [{ key: 'verbose', message: 'unknown', value: '' }]],
    [
      '/api/systems?limit=x&sort=y&state=z',
      [
        { key: 'state', message: 'not_allowed', value: 'z' },
        { key: 'sort', message: 'not_allowed', value: 'y' },
        { key: 'limit', message: 'must_be_integer', value: 'x' },
      ],
    ],
  ])('answers 400 to %s and says all that is wrong', async (target, expected) => {
    expect(await faults(target)).toEqual(expected);
  });

  it('answers HEAD as it answers GET, without the body', async () => {
    const [get, head] = [await engine.send('/api/fleets'), await engine.send('/api/fleets', { method: 'HEAD' })];
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers['content-length']).toBe(get.headers['content-length']);
  });
});

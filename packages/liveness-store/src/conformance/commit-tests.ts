import { expect } from 'vitest';
import { COMMIT_CHANGES_MAX, COMMIT_SYSTEMS_MAX } from '../port/index.ts';
import type { RegisterTest } from './harness.ts';
import {
  commitTo,
  comparable,
  heartbeat,
  idsOf,
  NOW,
  OPEN_SINCE,
  outageEvent,
  sorted,
  stateAt,
  systemHeardAt,
  transition,
  whole,
} from './samples.ts';

/** One system in every state a row can be in. */
const EVERY_KIND = [
  systemHeardAt('online'),
  systemHeardAt('heard at the beginning of time', 0, { openAt: 0, lastSeen: 0 }),
  systemHeardAt('unseen', NOW, { state: 'unseen', lastSeen: null, sequence: 0, credential: '' }),
  systemHeardAt('offline', NOW - 90_000, { state: 'offline', sequence: 9_007_199_254 }),
  systemHeardAt('paused', NOW - 1, { paused: true }),
  systemHeardAt('retired', NOW - 2, { retiredAt: NOW - 1, state: 'offline' }),
  systemHeardAt('named in a knock', NOW, { lastSeen: NOW - 700_000 }),
  systemHeardAt('muted', NOW, { mutedTo: 123_456_789_012, ttlMs: 15_000, fleet: 'rome/"north"', ttlRevision: 0 }),
  systemHeardAt('longest ttl', NOW, { ttlMs: 2_592_000_000, revision: 4_294_967_296, registration: 2 ** 40 }),
];

const EVERY_MEMBER = stateAt(7, {
  hold: 'released',
  holdOpenedAt: NOW - 9,
  holdClosedAt: NOW - 3,
  listeners: [
    { ingest: 'ingest-1', at: NOW - 1, n: 4, timer: NOW - 1, leaving: false },
    { ingest: 'ingest "2"\n\u{1F442}', at: NOW - 2, n: 2 ** 33, timer: NOW, leaving: true },
  ],
  ledger: [
    { from: 1, to: 2, cause: 'vanished', ingest: 'ingest-0' },
    { from: 5, to: OPEN_SINCE, cause: 'clock_set_back', ingest: '' },
  ],
});

export const commitTests = (test: RegisterTest): void => {
  test('P1 load gives every member of the partition, of every kind of system and of the outbox', async (storage) => {
    const store = await storage.open();
    const publications = [outageEvent(6), transition(6, 'online'), transition(7, 'offline')];
    const commit = commitTo(null, 7, { state: EVERY_MEMBER, systems: EVERY_KIND.map(whole), publications });
    expect(await store.commit(commit)).toEqual({ accepted: true });
    const expected = { state: EVERY_MEMBER, systems: EVERY_KIND, outbox: publications };
    expect(comparable(await store.load(0))).toEqual(comparable(expected));
  });

  test(
    'P1 a store opened later loads what the one before it committed',
    async (storage) => {
      const first = await storage.open();
      await first.commit(commitTo(null, 7, { state: EVERY_MEMBER, systems: EVERY_KIND.map(whole) }));
      const before = await first.load(0);
      await first.close();
      const second = await storage.open();
      expect(comparable(await second.load(0))).toEqual(comparable(before));
    },
    ['reopen'],
  );

  test('P1 an empty partition before its first record is stored and loaded', async (storage) => {
    const store = await storage.open();
    await store.commit(commitTo(null, -1));
    expect(await store.load(0)).toEqual({ state: stateAt(-1), systems: [], outbox: [] });
    expect(await store.commit(commitTo(-1, 0))).toEqual({ accepted: true });
  });

  test('P1 the newest value of a system wins, removed systems are gone, untouched ones stay', async (storage) => {
    const store = await storage.open();
    const [kept, changed, removed] = ['kept', 'changed', 'removed'].map((id) => systemHeardAt(id));
    await store.commit(commitTo(null, 1, { systems: [kept, changed, removed].map((row) => whole(row!)) }));
    const newer = systemHeardAt('changed', NOW + 5, { state: 'offline', sequence: 2, ttlMs: 60_000, fleet: 'other' });
    await store.commit(commitTo(1, 2, { systems: [whole(newer)], removed: ['removed', 'never known'] }));
    expect(sorted((await store.load(0))?.systems ?? [])).toEqual([newer, kept]);
  });

  test('P1 a removed system may come back', async (storage) => {
    const store = await storage.open();
    await store.commit(commitTo(null, 1, { systems: [whole(systemHeardAt('pump'))] }));
    await store.commit(commitTo(1, 2, { removed: ['pump'] }));
    const back = systemHeardAt('pump', NOW + 9, { registration: 8, sequence: 0, state: 'unseen', lastSeen: null });
    await store.commit(commitTo(2, 3, { systems: [whole(back)] }));
    expect((await store.load(0))?.systems).toEqual([back]);
  });

  test('P2 a commit that expects another position is refused with the stored one and changes nothing', async (storage) => {
    const store = await storage.open();
    const intruder = { systems: [whole(systemHeardAt('intruder'))], removed: ['pump'], publications: [outageEvent(9)] };
    expect(await store.commit(commitTo(4, 9, intruder))).toEqual({ accepted: false, stored: null });
    expect(await store.load(0)).toBeNull();

    await store.commit(commitTo(null, 5, { systems: [whole(systemHeardAt('pump'))], publications: [outageEvent(5)] }));
    const before = await store.load(0);
    for (const expected of [null, -1, 4, 6]) {
      expect(await store.commit(commitTo(expected, 9, intruder))).toEqual({ accepted: false, stored: 5 });
    }
    expect(await store.load(0)).toEqual(before);
    expect(await store.readPartitions()).toMatchObject([{ owner: 'owner-1', endSeen: 6, committedAt: NOW + 5 }]);
  });

  test('P2 a commit tried again after it landed is refused with its own position', async (storage) => {
    const store = await storage.open();
    const commit = commitTo(null, 3, { systems: [whole(systemHeardAt('pump'))], publications: [outageEvent(3)] });
    await store.commit(commit);
    const before = await store.load(0);
    expect(await store.commit(commit)).toEqual({ accepted: false, stored: 3 });
    expect(await store.load(0)).toEqual(before);
  });

  test('P2 a commit that breaks off in the middle changes nothing', async (storage) => {
    const store = await storage.open();
    await store.commit(commitTo(null, 3, { systems: [whole(systemHeardAt('pump'))] }));
    const before = await store.load(0);
    const broken = {
      ...outageEvent(4),
      get position(): number {
        throw new Error('the owner has a fault');
      },
    };
    const systems = ['pump', 'valve'].map((id) => whole(systemHeardAt(id, NOW + 4)));
    const commit = commitTo(3, 4, { systems, publications: [outageEvent(4), broken] });
    await expect(store.commit(commit)).rejects.toThrow('the owner has a fault');
    expect(await store.load(0)).toEqual(before);
    expect(await store.commit(commitTo(3, 4, { systems }))).toEqual({ accepted: true });
  });

  test(
    'P2 of two owners that race, exactly one is accepted, and only its content is stored',
    async (storage) => {
      const stores = [await storage.open(), await storage.open()];
      await stores[0]!.commit(commitTo(null, 0, { systems: idsOf(3_000).map((id) => whole(systemHeardAt(id))) }));
      for (let position = 0; position < 10; position += 1) {
        const commits = stores.map((_, owner) => {
          const rows = idsOf(1_000 * (owner + 1)).map((id) =>
            systemHeardAt(id, NOW + position + 1, { credential: `${owner}` }),
          );
          return commitTo(position, position + 1, { owner: `owner-${owner}`, systems: rows.map(heartbeat) });
        });
        const outcomes = await Promise.all(stores.map((store, owner) => store.commit(commits[owner]!)));
        const winner = outcomes.findIndex((outcome) => outcome.accepted);
        expect(outcomes[1 - winner]).toEqual({ accepted: false, stored: position + 1 });
        const rows = (await stores[0]!.load(0))?.systems ?? [];
        const written = rows.filter((row) => row.since === NOW + position + 1);
        expect(written.length).toBe(1_000 * (winner + 1));
        expect(new Set(written.map((row) => row.credential))).toEqual(new Set([`${winner}`]));
      }
    },
    ['reopen'],
  );

  test('P2 whoever reads during a commit sees all of it or nothing', async (storage) => {
    const store = await storage.open();
    const ids = idsOf(COMMIT_SYSTEMS_MAX);
    await store.commit(commitTo(null, 0, { systems: ids.map((id) => whole(systemHeardAt(id, NOW))) }));
    for (let position = 0; position < 3; position += 1) {
      const rows = ids.map((id) => systemHeardAt(id, NOW + position + 1));
      const [outcome, ...loads] = await Promise.all([
        store.commit(commitTo(position, position + 1, { systems: rows.map(heartbeat) })),
        store.load(0),
        store.load(0),
      ]);
      expect(outcome).toEqual({ accepted: true });
      for (const loaded of loads) {
        const since = NOW + (loaded?.state.position ?? Number.NaN);
        expect(new Set(loaded?.systems.map((row) => row.since))).toEqual(new Set([since]));
      }
    }
  });

  test('P4 a heartbeat changes since, openAt, lastSeen and credential, and nothing else', async (storage) => {
    const store = await storage.open();
    await store.commit(commitTo(null, 1, { systems: EVERY_KIND.map(whole) }));
    const beaten = EVERY_KIND.map((row) => ({
      ...row,
      since: NOW + 600_000,
      openAt: NOW + 600_000 - OPEN_SINCE,
      lastSeen: NOW + 600_000,
      credential: 'newer',
    }));
    await store.commit(commitTo(1, 2, { systems: beaten.map(heartbeat) }));
    expect(sorted((await store.load(0))?.systems ?? [])).toEqual(sorted(beaten));
  });

  test('P4 a system that only a heartbeat moved, but that is not stored, is stored whole', async (storage) => {
    const store = await storage.open();
    await store.commit(commitTo(null, 1, { systems: EVERY_KIND.map(heartbeat) }));
    expect(sorted((await store.load(0))?.systems ?? [])).toEqual(sorted(EVERY_KIND));
  });

  test('P2 a commit takes as many changes as it may, and not one more', async (storage) => {
    const store = await storage.open();
    const changes = idsOf(COMMIT_CHANGES_MAX).map((id) => whole(systemHeardAt(id)));
    await expect(store.commit(commitTo(null, 1, { systems: changes, removed: ['one more'] }))).rejects.toThrow(
      RangeError,
    );
    expect(await store.load(0)).toBeNull();
    expect(await store.commit(commitTo(null, 1, { systems: changes }))).toEqual({ accepted: true });
    expect((await store.load(0))?.systems.length).toBe(COMMIT_CHANGES_MAX);
    const removed = idsOf(COMMIT_CHANGES_MAX).slice(1);
    expect(await store.commit(commitTo(1, 2, { removed }))).toEqual({ accepted: true });
    expect((await store.load(0))?.systems.length).toBe(1);
  });

  test('P7 what one partition stores, another never sees', async (storage) => {
    const store = await storage.open();
    const partitions = [0, 1, 11, 119];
    for (const partition of partitions) {
      const row = systemHeardAt('same id', NOW + partition);
      const publications = [transition(5, `of ${partition}`)];
      const commit = commitTo(null, partition, { partition, systems: [whole(row)], publications });
      expect(await store.commit(commit)).toEqual({ accepted: true });
    }
    await store.commit(
      commitTo(1, 50, { partition: 1, systems: [whole(systemHeardAt('more'))], removed: ['same id'] }),
    );
    await store.markPublished(1, 1_000);
    await store.rewrite({ ...commitTo(null, 60), partition: 11, first: true, last: false });
    for (const partition of [0, 119]) {
      const loaded = await store.load(partition);
      expect(loaded?.state.position).toBe(partition);
      expect(loaded?.systems).toEqual([systemHeardAt('same id', NOW + partition)]);
      expect(loaded?.outbox).toEqual([transition(5, `of ${partition}`)]);
    }
    expect((await store.readPartitions()).map((view) => view.partition)).toEqual([0, 1, 119]);
  });

  test('a partition that cannot be is a programmer error', async (storage) => {
    const store = await storage.open();
    for (const partition of [-1, 0.5, Number.NaN]) {
      await expect(store.load(partition)).rejects.toThrow(RangeError);
      await expect(store.commit(commitTo(null, 1, { partition }))).rejects.toThrow(RangeError);
    }
  });
};

import { expect } from 'vitest';
import { COMMIT_SYSTEMS_MAX } from '../port/index.ts';
import type { RegisterTest } from './harness.ts';
import {
  commitTo,
  comparable,
  idsOf,
  NOW,
  outageEvent,
  rewriteTo,
  sorted,
  stateAt,
  systemHeardAt,
  whole,
} from './samples.ts';

const part = (prefix: string, since = NOW) => ({
  systems: idsOf(3, prefix).map((id) => whole(systemHeardAt(id, since))),
});

export const rewriteTests = (test: RegisterTest): void => {
  test('P6 a rewrite in parts replaces everything that was stored', async (storage) => {
    const store = await storage.open();
    await store.commit(commitTo(null, 40, { ...part('old'), publications: [outageEvent(40)] }));
    const publications = [outageEvent(50)];
    const parts = [
      rewriteTo(50, { ...part('a'), last: false }),
      rewriteTo(50, { ...part('b'), first: false, last: false }),
      rewriteTo(50, { ...part('c'), first: false, publications }),
    ];
    for (const one of parts) expect(await store.rewrite(one)).toEqual({ accepted: true });
    const systems = parts.flatMap((one) => one.systems.map(({ row }) => row));
    expect(comparable(await store.load(0))).toEqual({
      state: stateAt(50),
      systems: sorted(systems),
      outbox: publications,
    });
    expect(await store.commit(commitTo(50, 51))).toEqual({ accepted: true });
  });

  test('P6 one part may be first and last at once, and may hold nothing', async (storage) => {
    const store = await storage.open();
    await store.commit(commitTo(null, 40, part('old')));
    expect(await store.rewrite(rewriteTo(3))).toEqual({ accepted: true });
    expect(await store.load(0)).toEqual({ state: stateAt(3), systems: [], outbox: [] });
  });

  test('P6 a rewrite that was cut off is missing for everyone', async (storage) => {
    const store = await storage.open();
    await store.commit(commitTo(null, 40, { ...part('old', 0), publications: [outageEvent(40)] }));
    await store.rewrite(rewriteTo(50, { ...part('half', 0), publications: [outageEvent(50)], last: false }));
    expect(await store.readSystems(0, ['old-0', 'half-0'])).toEqual([]);
    expect(await store.readLate(0)).toEqual([]);
    expect(await store.scanSystems(0, null, 10)).toEqual({ rows: [], cursor: null });
    expect(await store.readPartitions()).toEqual([]);
    expect(await store.load(0)).toBeNull();
    for (const expected of [40, 50]) {
      expect(await store.commit(commitTo(expected, 51))).toEqual({ accepted: false, stored: null });
    }
    // All that looking changed nothing: its owner can still finish it.
    expect(await store.rewrite(rewriteTo(50, { first: false }))).toEqual({ accepted: true });
    expect((await store.load(0))?.systems).toHaveLength(3);
  });

  test(
    'P6 a rewrite that was cut off is missing after opening anew',
    async (storage) => {
      const store = await storage.open();
      await store.rewrite(rewriteTo(50, { ...part('half'), last: false }));
      await store.close();
      expect(await (await storage.open()).load(0)).toBeNull();
    },
    ['reopen'],
  );

  test('P6 who finds nothing begins anew, and nothing of a rewrite that was cut off remains', async (storage) => {
    const store = await storage.open();
    await store.rewrite(rewriteTo(50, { ...part('half'), publications: [outageEvent(50)], last: false }));
    expect(await store.commit(commitTo(null, 7, { ...part('new'), owner: 'owner-2' }))).toEqual({ accepted: true });
    const systems = part('new').systems.map(({ row }) => row);
    expect(comparable(await store.load(0))).toEqual({ state: stateAt(7), systems, outbox: [] });
    expect(await store.rewrite(rewriteTo(50, { first: false }))).toEqual({ accepted: false, stored: 7 });
  });

  test('P6 parts of another owner are refused and change nothing', async (storage) => {
    const store = await storage.open();
    const theirs = { owner: 'owner-2', ...part('theirs') };
    expect(await store.rewrite(rewriteTo(9, { ...theirs, first: false }))).toEqual({ accepted: false, stored: null });
    await store.rewrite(rewriteTo(50, { ...part('ours'), last: false }));
    for (const last of [false, true]) {
      const refused = await store.rewrite(rewriteTo(60, { ...theirs, first: false, last }));
      expect(refused).toEqual({ accepted: false, stored: null });
    }
    expect(await store.rewrite(rewriteTo(50, { first: false }))).toEqual({ accepted: true });
    expect(sorted((await store.load(0))?.systems ?? [])).toEqual(part('ours').systems.map(({ row }) => row));
  });

  test('P6 of two owners that rewrite, the one that began last goes on', async (storage) => {
    const store = await storage.open();
    await store.rewrite(rewriteTo(50, { owner: 'owner-1', ...part('one'), last: false }));
    await store.rewrite(rewriteTo(51, { owner: 'owner-2', ...part('two'), last: false }));
    const late = await store.rewrite(rewriteTo(50, { owner: 'owner-1', first: false }));
    expect(late).toEqual({ accepted: false, stored: null });
    expect(await store.rewrite(rewriteTo(51, { owner: 'owner-2', first: false }))).toEqual({ accepted: true });
    const found = await store.load(0);
    expect(found?.state.position).toBe(51);
    expect(sorted(found?.systems ?? [])).toEqual(part('two').systems.map(({ row }) => row));
  });

  test('P6 a last part tried again after it landed is refused with its own position', async (storage) => {
    const store = await storage.open();
    await store.rewrite(rewriteTo(50, { ...part('a'), last: false }));
    const last = rewriteTo(50, { ...part('b'), first: false, publications: [outageEvent(50)] });
    await store.rewrite(last);
    const before = await store.load(0);
    expect(await store.rewrite(last)).toEqual({ accepted: false, stored: 50 });
    expect(await store.load(0)).toEqual(before);
  });

  test('P6 a rewrite begun again from its first part ends in the same', async (storage) => {
    const store = await storage.open();
    await store.rewrite(rewriteTo(50, { ...part('a'), publications: [outageEvent(50)], last: false }));
    await store.rewrite(rewriteTo(50, { ...part('b'), publications: [outageEvent(50)], last: false }));
    await store.rewrite(rewriteTo(50, { ...part('c'), first: false }));
    const systems = [...part('b').systems, ...part('c').systems].map(({ row }) => row);
    const expected = { state: stateAt(50), systems, outbox: [outageEvent(50)] };
    expect(comparable(await store.load(0))).toEqual(expected);
  });

  test('P6 a part takes as many systems as a commit', async (storage) => {
    const store = await storage.open();
    const systems = idsOf(COMMIT_SYSTEMS_MAX).map((id) => whole(systemHeardAt(id)));
    const more = idsOf(COMMIT_SYSTEMS_MAX, 'more').map((id) => whole(systemHeardAt(id)));
    await store.rewrite(rewriteTo(50, { systems, last: false }));
    await store.rewrite(rewriteTo(50, { systems: more, first: false }));
    expect((await store.load(0))?.systems.length).toBe(2 * COMMIT_SYSTEMS_MAX);
  });
};

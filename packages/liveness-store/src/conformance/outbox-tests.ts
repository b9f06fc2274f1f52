import { expect } from 'vitest';
import type { LivenessStore } from '../port/index.ts';
import type { RegisterTest } from './harness.ts';
import { commitTo, outageEvent, retirement, transition } from './samples.ts';

const outboxOf = async (store: LivenessStore, partition = 0) => (await store.load(partition))?.outbox;

export const outboxTests = (test: RegisterTest): void => {
  test('P3 publications keep their order within a commit and from commit to commit', async (storage) => {
    const store = await storage.open();
    // Within a record the order is the owner's: not that of ids, and not that of kinds.
    const first = [outageEvent(1), transition(1, 'b'), transition(1, 'a'), retirement(2, 'z'), transition(2, 'B')];
    const second = [transition(10, 'a'), outageEvent(11), transition(11, '0')];
    await store.commit(commitTo(null, 2, { publications: first }));
    await store.commit(commitTo(2, 11, { publications: second }));
    expect(await outboxOf(store)).toEqual([...first, ...second]);
  });

  test('P3 many publications of one record keep their order', async (storage) => {
    const store = await storage.open();
    const publications = Array.from({ length: 5_000 }, (_, index) =>
      transition(7, `system-${(index * 7_919) % 5_000}`),
    );
    await store.commit(commitTo(null, 7, { publications }));
    expect(await outboxOf(store)).toEqual(publications);
    await store.markPublished(0, 7);
    expect(await outboxOf(store)).toEqual([]);
  });

  test('P3 publications stay listed until they are marked, whatever else is committed', async (storage) => {
    const store = await storage.open();
    await store.commit(commitTo(null, 1, { publications: [outageEvent(1)] }));
    for (let position = 1; position < 5; position += 1) await store.commit(commitTo(position, position + 1));
    expect(await outboxOf(store)).toEqual([outageEvent(1)]);
  });

  test('P3 a mark takes out all of a record and what was before it, and leaves the rest', async (storage) => {
    const store = await storage.open();
    const publications = [
      transition(3, 'a'),
      outageEvent(9),
      transition(9, 'a'),
      transition(10, 'a'),
      transition(100, 'a'),
    ];
    await store.commit(commitTo(null, 100, { publications }));
    await store.markPublished(0, 2);
    expect(await outboxOf(store)).toEqual(publications);
    await store.markPublished(0, 9);
    expect(await outboxOf(store)).toEqual(publications.slice(3));
    await store.markPublished(0, 9);
    await store.markPublished(0, 99);
    expect(await outboxOf(store)).toEqual(publications.slice(4));
    await store.markPublished(0, 1_000_000);
    expect(await outboxOf(store)).toEqual([]);
  });

  test('P3 what comes after a mark is listed, also at a position marked before', async (storage) => {
    const store = await storage.open();
    await store.commit(commitTo(null, 5, { publications: [outageEvent(5)] }));
    await store.markPublished(0, 50);
    await store.commit(commitTo(5, 6, { publications: [outageEvent(6)] }));
    expect(await outboxOf(store)).toEqual([outageEvent(6)]);
  });

  test('P3 marking where nothing is stored changes nothing', async (storage) => {
    const store = await storage.open();
    await store.markPublished(3, 10);
    expect(await store.load(3)).toBeNull();
    expect(await store.readPartitions()).toEqual([]);
    expect(await store.commit(commitTo(null, 1, { partition: 3 }))).toEqual({ accepted: true });
  });

  test(
    'P3 what was not marked is found after opening anew',
    async (storage) => {
      const store = await storage.open();
      await store.commit(commitTo(null, 2, { publications: [transition(1, 'a'), transition(2, 'a')] }));
      await store.markPublished(0, 1);
      await store.close();
      expect(await outboxOf(await storage.open())).toEqual([transition(2, 'a')]);
    },
    ['reopen'],
  );
};

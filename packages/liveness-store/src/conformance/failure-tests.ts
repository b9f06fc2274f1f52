import { expect, it } from 'vitest';
import {
  COMMIT_SYSTEMS_MAX,
  type LivenessStore,
  LivenessStoreError,
  type LivenessStoreErrorCode,
} from '../port/index.ts';
import { type Failure, type LivenessStoreHarness, onStorage, type RegisterTest } from './harness.ts';
import { commitTo, comparable, heartbeat, idsOf, NOW, rewriteTo, systemHeardAt, whole } from './samples.ts';

const codeOf = async (call: Promise<unknown>): Promise<LivenessStoreErrorCode | 'resolved'> => {
  try {
    await call;
    return 'resolved';
  } catch (error) {
    if (error instanceof LivenessStoreError) return error.code;
    throw error;
  }
};

const everyCall = (store: LivenessStore): readonly (() => Promise<unknown>)[] => [
  () => store.load(0),
  () => store.commit(commitTo(null, 1)),
  () => store.rewrite(rewriteTo(1)),
  () => store.markPublished(0, 1),
  () => store.readPartitions(),
  () => store.readSystems(0, ['pump']),
  () => store.readLate(0),
  () => store.scanSystems(0, null, 1),
];

const failureTest = (failure: Failure): void => {
  it(`P2 ${failure.name}: a commit rejects as unavailable, and once repaired it is there whole or not at all`, () =>
    onStorage(
      () => failure.create(),
      async (storage) => {
        const store = await storage.open();
        const ids = idsOf(COMMIT_SYSTEMS_MAX);
        await store.commit(commitTo(null, 1, { systems: ids.slice(0, 100).map((id) => whole(systemHeardAt(id))) }));
        const before = comparable(await store.load(0));
        const commit = commitTo(1, 2, { systems: ids.map((id) => whole(systemHeardAt(id, NOW + 1))) });
        const repair = await failure.begin(storage);
        try {
          expect(await codeOf(store.commit(commit))).toBe('EARSHOT_STORE_UNAVAILABLE');
          expect(await codeOf(store.commit(commit))).toBe('EARSHOT_STORE_UNAVAILABLE');
        } finally {
          await repair();
        }

        const between = comparable(await store.load(0));
        const landed = between?.state.position === 2;
        if (!landed) expect(between).toEqual(before);
        expect(await store.commit(commit)).toEqual(landed ? { accepted: false, stored: 2 } : { accepted: true });
        const rows = commit.systems.map(({ row }) => row);
        expect(comparable(await store.load(0))).toEqual(comparable({ state: commit.state, systems: rows, outbox: [] }));
        expect(await store.commit(commitTo(2, 3, { systems: rows.map(heartbeat) }))).toEqual({ accepted: true });
      },
    ));
};

export const failureTests = (test: RegisterTest, harness: LivenessStoreHarness): void => {
  for (const failure of harness.failures) failureTest(failure);
  for (const reason of harness.failuresLacking) {
    it.skip(`P2 a failure leaves the store usable (not here: ${reason})`, () => undefined);
  }

  test('once closed every call is refused with a code, and closing again is fine', async (storage) => {
    const store = await storage.open();
    await store.commit(commitTo(null, 1));
    await store.close();
    for (const call of everyCall(store)) expect(await codeOf(call())).toBe('EARSHOT_STORE_CLOSED');
    await store.close();
  });

  test('closing waits for the calls before it', async (storage) => {
    const store = await storage.open();
    const systems = idsOf(COMMIT_SYSTEMS_MAX).map((id) => whole(systemHeardAt(id)));
    const commit = store.commit(commitTo(null, 1, { systems }));
    const load = store.load(0);
    await store.close();
    expect(await commit).toEqual({ accepted: true });
    expect((await load)?.systems).toHaveLength(COMMIT_SYSTEMS_MAX);
  });

  test('calls that overlap take effect in the order they were made', async (storage) => {
    const store = await storage.open();
    const commits = Array.from({ length: 20 }, (_, position) =>
      store.commit(
        commitTo(position === 0 ? null : position, position + 1, {
          systems: [whole(systemHeardAt('pump', NOW + position))],
        }),
      ),
    );
    expect(await Promise.all(commits)).toEqual(commits.map(() => ({ accepted: true })));
    expect((await store.load(0))?.systems).toEqual([systemHeardAt('pump', NOW + 19)]);
  });
};

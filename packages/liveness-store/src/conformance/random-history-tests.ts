import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CommitOutcome, LivenessStore, PartitionCommit } from '../port/index.ts';
import { type LivenessStoreHarness, onStorage, type TestStorage } from './harness.ts';
import { createModelStore, type ModelStore } from './model-store.ts';
import { createOwnerMemory, type MadeUpRecord, madeUpRecord, type OwnerMemory, SYSTEM_IDS } from './owner-memory.ts';
import { comparable, sorted } from './samples.ts';

/** Histories a run tries. Each is up to HISTORY_STEPS_MAX steps, checked after each. */
const HISTORIES = 40;
const HISTORY_STEPS_MAX = 25;

/** Ends the search for a smaller failing history before the test's own deadline would hide what was found. */
const SEARCH_MS_MAX = 20_000;

const PARTITIONS = [0, 3] as const;
const OWNERS = ['owner-1', 'owner-2'] as const;
const REWRITE_PART_SYSTEMS = 3;

type Place = { readonly partition: (typeof PARTITIONS)[number]; readonly owner: 0 | 1 };
type Step =
  | ({ readonly kind: 'commit'; readonly records: readonly MadeUpRecord[] } & Place)
  /** Commits of both owners under way at the same time. */
  | ({ readonly kind: 'race'; readonly records: readonly MadeUpRecord[] } & Place)
  /** A rewrite that ends after some parts, perhaps before its last. */
  | ({ readonly kind: 'cut rewrite'; readonly parts: number } & Place)
  | ({ readonly kind: 'mark'; readonly back: number } & Place)
  | ({ readonly kind: 'restart' } & Place)
  | { readonly kind: 'reopen' };

const place = { partition: fc.constantFrom(...PARTITIONS), owner: fc.constantFrom(0 as const, 1 as const) };
const records = fc.array(madeUpRecord, { minLength: 1, maxLength: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('commit' as const), records, ...place }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('race' as const), records, ...place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut rewrite' as const), parts: fc.nat(3), ...place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('mark' as const), back: fc.nat(12), ...place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart' as const), ...place }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
);

/** Two owners over the real store and the model; both must answer the same to everything. */
class History {
  readonly #storage: TestStorage;
  readonly #isReopening: boolean;
  #model: ModelStore = createModelStore();
  #stores: LivenessStore[] = [];
  readonly #memories = new Map<string, OwnerMemory>();

  constructor(storage: TestStorage, isReopening: boolean) {
    this.#storage = storage;
    this.#isReopening = isReopening;
  }

  async open(): Promise<void> {
    const first = await this.#storage.open();
    this.#stores = [first, this.#isReopening ? await this.#storage.open() : first];
  }

  async take(next: Step): Promise<void> {
    switch (next.kind) {
      case 'commit':
        return this.#commit(next, next.records);
      case 'race':
        return this.#race(next.partition, next.records);
      case 'cut rewrite':
        return this.#rewrite(next, next.parts);
      case 'mark':
        return this.#mark(next, next.back);
      case 'restart':
        return this.#restart(next);
      case 'reopen':
        return this.#reopen();
    }
  }

  /** Every reader of every store answers as the model does. */
  async agree(): Promise<void> {
    for (const store of new Set(this.#stores)) {
      expect(await store.readPartitions()).toEqual(this.#model.readPartitions());
      for (const partition of PARTITIONS) await this.#agreeOn(store, partition);
    }
  }

  async #agreeOn(store: LivenessStore, partition: number): Promise<void> {
    const expected = comparable(this.#model.load(partition));
    expect(comparable(await store.load(partition))).toEqual(expected);
    expect(sorted(await store.readSystems(partition, SYSTEM_IDS))).toEqual(expected?.systems ?? []);
    const page = await store.scanSystems(partition, null, 100);
    const distinct = new Map(page.rows.map((row) => [row.systemId, row]));
    if (page.cursor === null) expect(sorted([...distinct.values()])).toEqual(expected?.systems ?? []);
    const silent = await store.readLate(partition);
    expect(new Set(silent)).toEqual(new Set(this.#model.readLate(partition)));
    const since = new Map(expected?.systems.map((row) => [row.systemId, row.since]));
    const order = silent.map((system) => since.get(system.systemId) ?? Number.NaN);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  }

  #memory(at: Place): OwnerMemory {
    const known = this.#memories.get(`${at.partition}/${at.owner}`);
    if (known !== undefined) return known;
    const memory = createOwnerMemory(
      { partition: at.partition, owner: OWNERS[at.owner] },
      this.#model.load(at.partition),
    );
    this.#memories.set(`${at.partition}/${at.owner}`, memory);
    return memory;
  }

  async #restart(at: Place): Promise<void> {
    this.#memories.delete(`${at.partition}/${at.owner}`);
  }

  async #commit(at: Place, moves: readonly MadeUpRecord[]): Promise<void> {
    const memory = this.#memory(at);
    for (const record of moves) memory.move(record);
    const commit = memory.commit();
    const outcome = await this.#stores[at.owner]!.commit(commit);
    expect(outcome).toEqual(this.#model.commit(commit));
    await this.#settle(at, commit, outcome);
  }

  async #race(partition: Place['partition'], moves: readonly MadeUpRecord[]): Promise<void> {
    const places = [0, 1].map((owner): Place => ({ partition, owner: owner === 0 ? 0 : 1 }));
    const commits = places.map((at) => {
      const memory = this.#memory(at);
      for (const record of moves.slice(at.owner)) memory.move(record);
      return memory.commit();
    });
    const outcomes = await Promise.all(places.map((at) => this.#stores[at.owner]!.commit(commits[at.owner]!)));
    const orders = [[0, 1] as const, [1, 0] as const].map((order) => {
      const model = this.#model.copy();
      const answers: CommitOutcome[] = [];
      for (const owner of order) answers[owner] = model.commit(commits[owner]!);
      return { model, answers };
    });
    expect(orders.map(({ answers }) => answers)).toContainEqual(outcomes);
    this.#model = orders.find(({ answers }) => isSame(answers, outcomes))!.model;
    for (const at of places) await this.#settle(at, commits[at.owner]!, outcomes[at.owner]!);
  }

  /** What an owner does with an answer: goes on, takes what another one stored, or writes everything anew. */
  async #settle(at: Place, commit: PartitionCommit, outcome: CommitOutcome): Promise<void> {
    if (outcome.accepted) this.#memory(at).kept();
    else if (outcome.stored !== null && outcome.stored >= (commit.expected ?? -1)) await this.#restart(at);
    else await this.#rewrite(at, Number.POSITIVE_INFINITY);
  }

  async #rewrite(at: Place, partsMax: number): Promise<void> {
    const memory = this.#memory(at);
    const parts = memory.rewrite(REWRITE_PART_SYSTEMS);
    for (const part of parts.slice(0, partsMax)) {
      expect(await this.#stores[at.owner]!.rewrite(part)).toEqual(this.#model.rewrite(part));
    }
    if (partsMax >= parts.length) memory.kept();
    else await this.#restart(at);
  }

  async #mark(at: Place, back: number): Promise<void> {
    const position = (this.#model.load(at.partition)?.state.position ?? 0) - back;
    await this.#stores[at.owner]!.markPublished(at.partition, position);
    this.#model.markPublished(at.partition, position);
  }

  async #reopen(): Promise<void> {
    if (!this.#isReopening) return;
    for (const store of this.#stores) await store.close();
    await this.open();
  }
}

const isSame = (one: readonly CommitOutcome[], other: readonly CommitOutcome[]): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

export const randomHistoryTests = (harness: LivenessStoreHarness): void => {
  const isReopening = harness.lacking.reopen === undefined;
  const title = 'P1 P2 P3 P6 whatever two owners do, in whatever order, every reader sees what a trivial model sees';
  it(title, async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: HISTORY_STEPS_MAX }), async (steps) => {
      await onStorage(
        () => harness.create(),
        async (storage) => {
          const history = new History(storage, isReopening);
          await history.open();
          for (const next of steps) {
            await history.take(next);
            await history.agree();
          }
        },
      );
    });
    await fc.assert(property, { numRuns: HISTORIES, interruptAfterTimeLimit: SEARCH_MS_MAX });
  });
};

import { it } from 'vitest';
import type { LivenessStore } from '../port/index.ts';

/**
 * What a storage may be unable to show in a test.
 *
 * - `reopen`: a second store on the same storage, at the same time or after the first was closed
 * - `wipe`: losing everything while stores are open
 * - `copy`: going back to an older copy while stores are open
 */
export type Capability = 'reopen' | 'wipe' | 'copy';

/** Ends a failure. */
export type Repair = () => Promise<void>;

/** Storage of one test: empty at first, shared with no other test. */
export interface TestStorage {
  /** Opens a store; each call answers another one on the same storage. */
  open(): Promise<LivenessStore>;
  /** Loses everything, under the feet of open stores. */
  wipe(): Promise<void>;
  /** Takes a copy; the answer puts it back, under the feet of open stores. */
  takeCopy(): Promise<() => Promise<void>>;
  /** Closes what was opened and leaves nothing behind. */
  remove(): Promise<void>;
}

/** Something that stops a store from taking a large commit, and can be ended: `disk full`, `connection cut`. */
export interface Failure {
  readonly name: string;
  /** Storage on which it can be had. */
  create(): Promise<TestStorage>;
  /** Begins it on a storage made by `create`. */
  begin(storage: TestStorage): Promise<Repair>;
}

/** An adapter as the suite sees it. */
export interface LivenessStoreHarness {
  create(): Promise<TestStorage>;
  /** Capabilities the storage does not have, each with the reason. */
  readonly lacking: Readonly<Partial<Record<Capability, string>>>;
  readonly failures: readonly Failure[];
  /** Why there are not more of them, one reason each. */
  readonly failuresLacking: readonly string[];
}

/** Registers one test on fresh storage. One that needs what is lacking is skipped, with the reason in its title. */
export type RegisterTest = (
  title: string,
  body: (storage: TestStorage) => Promise<void>,
  needs?: readonly Capability[],
) => void;

/** Runs a test body on fresh storage and cleans up after it. */
export const onStorage = async (
  create: () => Promise<TestStorage>,
  body: (storage: TestStorage) => Promise<void>,
): Promise<void> => {
  const storage = await create();
  try {
    await body(storage);
  } finally {
    await storage.remove();
  }
};

export const registerTests =
  (harness: LivenessStoreHarness): RegisterTest =>
  (title, body, needs = []) => {
    const reasons = needs.flatMap((capability) => harness.lacking[capability] ?? []);
    if (reasons.length > 0) it.skip(`${title} (not here: ${reasons.join(', ')})`, () => undefined);
    else it(title, () => onStorage(() => harness.create(), body));
  };

import type { FleetEntry, SystemEntry } from '@earshot/contracts';
import type { Decision } from './decision.ts';
import type { Outcome, Refusal, Versioned } from './registry-change.ts';

export type ChangedEntry = SystemEntry | FleetEntry | null;

/** A change that was asked for and waits for its turn. */
export interface ChangeJob {
  /** The registry key it may write. */
  readonly key: string;
  /** Registry keys it looks at besides; null: more than keys can say, so nothing else may happen in its batch. */
  readonly looksAt: readonly string[] | null;
  readonly by: string;
  decide(): Promise<Decision<ChangedEntry>>;
  /** The change stands at this revision and everybody who must know was told. */
  finish(revision: number): void;
  refuse(refusal: Refusal): void;
  /** A programmer's error. */
  fail(error: unknown): void;
}

export interface ChangeRequest<E extends ChangedEntry, T> {
  readonly key: string;
  readonly looksAt: readonly string[] | null;
  readonly by: string | undefined;
  decide(): Decision<E> | Promise<Decision<E>>;
  answer(made: { readonly entry: E; readonly revision: number }): T;
}

/** The entry as changed, for requests whose answer it is. */
export const versioned = <E>(made: Versioned<E>): Versioned<E> => ({ entry: made.entry, revision: made.revision });

/** A job for the request, and the outcome it will have. */
export const createChangeJob = <E extends ChangedEntry, T>(
  request: ChangeRequest<E, T>,
): { readonly job: ChangeJob; readonly outcome: Promise<Outcome<T>> } => {
  const { promise: outcome, resolve, reject } = Promise.withResolvers<Outcome<T>>();
  let finish = (_revision: number): void => reject(new Error('a change was finished before it was decided'));
  const decide = async (): Promise<Decision<E>> => {
    const decision = await request.decide();
    if ('decided' in decision) {
      const { entry } = decision.decided;
      finish = (revision) => resolve({ done: request.answer({ entry, revision }) });
    }
    return decision;
  };
  const job: ChangeJob = {
    key: request.key,
    looksAt: request.looksAt,
    by: request.by ?? '',
    decide,
    finish: (revision) => finish(revision),
    refuse: (refusal) => resolve({ refused: refusal }),
    fail: reject,
  };
  return { job, outcome };
};

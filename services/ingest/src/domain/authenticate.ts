import type { KnownOwner, Sender, TableCurrency } from './known-sender.ts';

/** `unauthenticated` is the truth about a sender; `undecided` is one about us. */
export type Authentication =
  | { readonly sender: Sender }
  | { readonly refusal: 'unauthenticated' }
  | { readonly refusal: 'undecided' };

export interface AuthenticationFacts {
  readonly username: string;
  /** Who owns the username; null if nobody does. */
  readonly owner: KnownOwner | null;
  /** Id of the owner's credential that the secret fits; null if it fits none. */
  readonly credential: string | null;
  readonly currency: TableCurrency;
}

const UNAUTHENTICATED: Authentication = { refusal: 'unauthenticated' };
const UNDECIDED: Authentication = { refusal: 'undecided' };

/**
 * Who sends. What a table that is no longer current knows is still accepted; what it does not know may have been
 * registered since, so it is undecided rather than refused: clients in the field give up on a 401. A table that is not
 * to be asked decides nothing.
 */
export const authenticate = (facts: AuthenticationFacts): Authentication => {
  if (facts.currency === 'unknown') return UNDECIDED;
  if (facts.owner !== null && facts.credential !== null) {
    return { sender: { username: facts.username, owner: facts.owner, credential: facts.credential } };
  }
  return facts.currency === 'current' ? UNAUTHENTICATED : UNDECIDED;
};

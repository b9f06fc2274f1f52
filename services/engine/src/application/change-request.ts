import type { Outcome } from '@earshot/registry';
import type { KnownSystem } from '../domain/system-query.ts';

/** What every change comes with. */
export interface ChangeRequest {
  /** Who asks, for the audit trail. */
  readonly by: string;
  /** The change is only to be made if the entry stands at one of these; null: wherever it stands. */
  readonly ifRevisions: readonly number[] | null;
}

/** Stands for no entry: what no revision can be. */
const NO_REVISION = -1;

/** What the writer is to insist on, given where the entry stands now. */
export const changeOptions = (
  { by, ifRevisions }: ChangeRequest,
  current: number | null,
): { readonly by: string; readonly ifRevision?: number } => {
  if (ifRevisions === null) return { by };
  const matches = current !== null && ifRevisions.includes(current);
  return { by, ifRevision: matches ? current : (ifRevisions[0] ?? NO_REVISION) };
};

/** For changes that the writer makes wherever the entry stands: whether it stands where the caller wants it. */
export const standsAsWanted = ({ ifRevisions }: ChangeRequest, current: number | null): boolean =>
  ifRevisions === null || (current !== null && ifRevisions.includes(current));

/**
 * A system that registered itself a moment ago is known and not entered yet: it is there, and can be changed as soon as the writer
 * has entered it.
 */
export const orNotYet = <T>(outcome: Outcome<T>, known: KnownSystem | null): Outcome<T> =>
  'refused' in outcome && outcome.refused.reason === 'not_found' && known?.revision === null
    ? { refused: { reason: 'unavailable' } }
    : outcome;

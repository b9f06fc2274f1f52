import type { Transition } from '@earshot/contracts';
import type { Publication } from '@earshot/liveness-store';
import type { FoldEffects, FoldRecord } from '../domain/partition-fold.ts';

const bySystemId = (a: Transition, b: Transition): number =>
  a.systemId < b.systemId ? -1 : a.systemId > b.systemId ? 1 : 0;

/** What a record's effects mean to the outside, in the order of publishing: events first, then transitions by system_id. */
export const collectPublications = (record: FoldRecord, effects: FoldEffects): readonly Publication[] => {
  const { position } = record;
  const events = effects.events.map((event): Publication => ({ kind: 'event', position, event }));
  const transitions = effects.transitions
    .toSorted(bySystemId)
    .map((transition): Publication => ({ kind: 'transition', position, transition }));
  const isRetirement = record.record?.type === 'system' && record.record.retired === true && effects.ignored === null;
  if (!isRetirement || record.key === null) return [...events, ...transitions];
  return [...events, ...transitions, { kind: 'retirement', position, systemId: record.key }];
};

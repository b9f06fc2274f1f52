import type { DurationMs } from '@earshot/contracts';
import { bySystemId } from './earliest-rows.ts';
import type { SilenceKind } from './silence-list.ts';
import type { Row, SystemTable } from '../systems/system-table.ts';

/** Systems that can share a list: in its order, equals by system_id. */
export interface SilenceGroup {
  readonly kind: SilenceKind;
  readonly rows: Row[];
  last: Row;
}

/**
 * All listed systems, in as few groups as their order allows. Systems of one ttl from several older stretches share a
 * group, unless `openAt` would go back in it, which it may at most where a stretch began.
 */
export const groupBySilence = (systems: SystemTable, kindOf: (row: Row) => SilenceKind): readonly SilenceGroup[] => {
  const groups: SilenceGroup[] = [];
  const newest: Record<'heard' | 'muted', Map<DurationMs, SilenceGroup>> = { heard: new Map(), muted: new Map() };
  for (const row of sortedListed(systems)) {
    const kind = kindOf(row);
    const byTtl = kind.isMuted ? newest.muted : newest.heard;
    const group = byTtl.get(kind.ttl);
    if (group !== undefined && group.kind.stretch === kind.stretch && follows(systems, row, group.last)) {
      group.rows.push(row);
      group.last = row;
      continue;
    }
    const begun = { kind, rows: [row], last: row };
    groups.push(begun);
    byTtl.set(kind.ttl, begun);
  }
  return groups;
};

const sortedListed = (systems: SystemTable): Int32Array => {
  const listed: Row[] = [];
  for (const row of systems.rows()) if (systems.isListed(row)) listed.push(row);
  return Int32Array.from(listed).sort(
    (a, b) => systems.since(a) - systems.since(b) || systems.openAt(a) - systems.openAt(b) || bySystemId(systems, a, b),
  );
};

/** Of equal `since` only with equal `openAt`, so that equals are due at once and can be ordered by system_id. */
const follows = (systems: SystemTable, row: Row, last: Row): boolean => {
  const openPassed = systems.openAt(row) - systems.openAt(last);
  return systems.since(row) === systems.since(last) ? openPassed === 0 : openPassed >= 0;
};

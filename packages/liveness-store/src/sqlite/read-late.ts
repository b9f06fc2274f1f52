import type { SystemRow } from '@earshot/contracts';
import { isHeld, isLate, type LateSystem, READ_SYSTEMS_MAX, silenceBounds, type SilenceState } from '../port/index.ts';
import { type Columns, integerOf, integerOrNullOf } from './columns.ts';
import { parseSystem } from './parse-stored.ts';
import type { SystemTables } from './system-tables.ts';

/**
 * Distinct ttls that are asked one by one, each by its stretch of the index, which costs nothing where nobody is late.
 * With more, one pass over the whole index is cheaper (about 60 ms for 1,000,000 systems).
 */
const TTLS_WALKED_MAX = 100;

export interface SilenceCounts {
  readonly late: number;
  readonly held: number;
}

interface SilentRow {
  readonly since: number;
  readonly row: number;
}

/** Distinct ttls of listed systems; null if there are more than TTLS_WALKED_MAX. */
const listedTtls = (tables: SystemTables): readonly number[] | null => {
  const ttls: number[] = [];
  let next = integerOrNullOf(tables.nextTtl.get(-1) ?? {}, 'ttl_ms');
  while (next !== null) {
    if (ttls.length === TTLS_WALKED_MAX) return null;
    ttls.push(next);
    next = integerOrNullOf(tables.nextTtl.get(next) ?? {}, 'ttl_ms');
  }
  return ttls;
};

const byName = (state: SilenceState): Record<string, number> => ({
  proven: state.proven,
  openSince: state.openSince,
  open: state.open,
  isOn: state.hold === 'on' ? 1 : 0,
});

/** How many systems are late and held, as the port's `isLate` and `isHeld` say. */
export const countSilent = (tables: SystemTables, state: SilenceState): SilenceCounts => {
  const ttls = listedTtls(tables);
  if (ttls === null) {
    const columns = tables.countAll.get(byName(state)) ?? {};
    return { late: integerOf(columns, 'late'), held: integerOf(columns, 'held') };
  }
  let late = 0;
  let held = 0;
  for (const ttlMs of ttls) {
    const { lateSince, heldSince, heldOpenAt } = silenceBounds(state, ttlMs);
    late += integerOf(tables.countLate.get(ttlMs, lateSince) ?? {}, 'systems');
    if (heldOpenAt !== null) held += integerOf(tables.countHeld.get(ttlMs, heldSince, heldOpenAt) ?? {}, 'systems');
  }
  return { late, held };
};

const listSilentOfTtl = (tables: SystemTables, state: SilenceState, ttlMs: number): readonly Columns[] => {
  const { lateSince, heldOpenAt } = silenceBounds(state, ttlMs);
  // Whoever is held by an open stretch is late too, so that only accumulated open time needs a second look.
  return heldOpenAt === null
    ? tables.listLate.all(ttlMs, lateSince, READ_SYSTEMS_MAX)
    : tables.listLateOrHeld.all(ttlMs, lateSince, heldOpenAt, READ_SYSTEMS_MAX);
};

const listSilentRows = (tables: SystemTables, state: SilenceState): readonly SilentRow[] =>
  (
    listedTtls(tables)?.flatMap((ttlMs) => listSilentOfTtl(tables, state, ttlMs)) ??
    tables.listAll.all({ ...byName(state), limit: READ_SYSTEMS_MAX })
  )
    .map((columns) => ({ since: integerOf(columns, 'since'), row: integerOf(columns, 'row') }))
    .toSorted((one, other) => one.since - other.since)
    .slice(0, READ_SYSTEMS_MAX);

const describe = (system: SystemRow, state: SilenceState): LateSystem => ({
  systemId: system.systemId,
  late: isLate(system, state),
  held: isHeld(system, state),
});

/** Late and held systems, lowest since first, at most READ_SYSTEMS_MAX. */
export const listSilent = (tables: SystemTables, state: SilenceState): readonly LateSystem[] =>
  listSilentRows(tables, state).map(({ row }) => describe(parseSystem(tables.byRow.get(row) ?? {}), state));

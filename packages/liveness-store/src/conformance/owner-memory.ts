import type { EpochMs, PartitionState, SystemRow } from '@earshot/contracts';
import fc from 'fast-check';
import type { PartitionCommit, PartitionRewrite, Publication, StoredPartition, SystemChange } from '../port/index.ts';
import { NOW, outageEvent, stateAt, systemHeardAt, transition } from './samples.ts';

/**
 * An owner's memory of one partition, moved by random records: not the fold, but with what it would leave behind (open
 * time that adds up, systems whose openAt is the open time at their since), so that an adapter may rely on it.
 */
export interface OwnerMemory {
  /** Moves the memory by one record. */
  move(record: MadeUpRecord): void;
  /** Commit of what changed since the last one that was kept. */
  commit(): PartitionCommit;
  /** All there is, in parts. */
  rewrite(partSystemsMax: number): readonly PartitionRewrite[];
  /** The last commit or rewrite is stored. */
  kept(): void;
}

/** `offline` brings one that is offline online. */
type SystemMove = 'heartbeat' | 'settings' | 'pause' | 'offline' | 'forget';

export type MadeUpRecord =
  | { readonly kind: SystemMove; readonly system: number; readonly ms: number }
  | { readonly kind: 'knock' | 'close' | 'hold'; readonly ms: number };

/** Few, so that they meet again; some look like ours. */
export const SYSTEM_IDS: readonly string[] = [
  'pump',
  'partition',
  '0/1',
  '__proto__',
  'constructor',
  '\u{1F4A5}',
  'a:b',
  '{3}',
];

const TTLS_MS = [15_000, 60_000, 1_500_000];

const elapsed = fc.oneof(fc.constantFrom(0, 1, 11_250, 15_000, 45_000), fc.integer({ min: 0, max: 2_000_000 }));

export const madeUpRecord: fc.Arbitrary<MadeUpRecord> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('heartbeat', 'heartbeat', 'heartbeat', 'settings', 'pause', 'offline', 'forget'),
    system: fc.nat(SYSTEM_IDS.length - 1),
    ms: fc.nat(5_000),
  }),
  fc.record({ kind: fc.constantFrom('knock', 'knock', 'close', 'hold'), ms: elapsed }),
);

type Writable<T> = { -readonly [Member in keyof T]: T[Member] };

const openTimeAt = (state: PartitionState, at: EpochMs): number =>
  state.open + Math.max(0, at - Math.max(state.proven, state.openSince));

const advance = (state: Writable<PartitionState>, to: EpochMs): void => {
  state.open += Math.max(0, to - Math.max(state.proven, state.openSince));
  state.proven = to;
  state.lastKnock = to;
};

const close = (state: Writable<PartitionState>, to: EpochMs): void => {
  state.ledger = [...state.ledger, { from: state.proven, to, cause: 'not_heard', ingest: `ingest-${state.position}` }];
  state.openSince = to;
};

const nextHold = { none: 'on', on: 'released', released: 'none' } as const;

const movePartition = (state: Writable<PartitionState>, record: MadeUpRecord): Publication[] => {
  if (record.kind === 'hold') state.hold = nextHold[state.hold];
  if (record.kind === 'close') close(state, state.now);
  if (record.kind === 'close' || record.kind === 'knock') advance(state, state.now);
  return record.kind === 'close' ? [outageEvent(state.position)] : [];
};

const newSystem = (systemId: string, state: PartitionState): SystemRow =>
  systemHeardAt(systemId, state.now, { openAt: openTimeAt(state, state.now), registration: state.position });

const moveSystem = (row: SystemRow, kind: Exclude<SystemMove, 'forget'>, state: PartitionState): SystemRow => {
  const restarted = { since: state.now, openAt: openTimeAt(state, state.now) };
  switch (kind) {
    case 'heartbeat':
      return { ...row, ...restarted, lastSeen: state.now, credential: `c${state.position % 3}` };
    case 'settings':
      return { ...row, ...restarted, ttlMs: TTLS_MS[state.position % 3]!, ttlRevision: state.position };
    case 'pause':
      return { ...row, paused: !row.paused, revision: state.position };
    case 'offline':
      return { ...row, state: row.state === 'online' ? 'offline' : 'online', sequence: row.sequence + 1 };
  }
};

/** Continues from what is stored; null: from nothing. */
export const createOwnerMemory = (
  of: { readonly partition: number; readonly owner: string },
  stored: StoredPartition | null,
): OwnerMemory => {
  const state: Writable<PartitionState> = { ...(stored?.state ?? stateAt(-1, { now: NOW })) };
  const rows = new Map((stored?.systems ?? []).map((row) => [row.systemId, row]));
  let expected = stored?.state.position ?? null;
  const changed = new Map<string, SystemChange>();
  const removed = new Set<string>();
  let publications: Publication[] = [];

  const change = (systemId: string, kind: SystemMove): void => {
    const row = rows.get(systemId);
    if (kind === 'forget') {
      rows.delete(systemId);
      changed.delete(systemId);
      removed.add(systemId);
      return;
    }
    const next = row === undefined ? newSystem(systemId, state) : moveSystem(row, kind, state);
    const heartbeatOnly = row !== undefined && kind === 'heartbeat' && (changed.get(systemId)?.heartbeatOnly ?? true);
    rows.set(systemId, next);
    changed.set(systemId, { row: next, heartbeatOnly: heartbeatOnly && !removed.has(systemId) });
    removed.delete(systemId);
    if (kind === 'offline') publications.push(transition(state.position, systemId));
  };
  const describe = () => ({
    ...of,
    state: { ...state },
    endSeen: state.position + 3,
    committedAt: NOW + state.position,
  });

  return {
    move: (record) => {
      state.position += 1;
      state.now += record.ms;
      if ('system' in record) change(SYSTEM_IDS[record.system]!, record.kind);
      else publications.push(...movePartition(state, record));
    },
    commit: () => ({ ...describe(), expected, systems: [...changed.values()], removed: [...removed], publications }),
    rewrite: (partSystemsMax) => {
      const all = [...rows.values()].map((row) => ({ row, heartbeatOnly: false }));
      const count = Math.max(1, Math.ceil(all.length / partSystemsMax));
      return Array.from({ length: count }, (_, index) => ({
        ...describe(),
        systems: all.slice(index * partSystemsMax, (index + 1) * partSystemsMax),
        removed: [],
        publications: index === count - 1 ? publications : [],
        first: index === 0,
        last: index === count - 1,
      }));
    },
    kept: () => {
      expected = state.position;
      changed.clear();
      removed.clear();
      publications = [];
    },
  };
};

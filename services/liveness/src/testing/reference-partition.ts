import type { Listener, Outage, PartitionEvent, PartitionState, SystemRow, Transition } from '@earshot/contracts';
import type { FoldEffects, IgnoredReason } from '../domain/partition-fold.ts';

type Mutable<T> = { -readonly [Member in keyof T]: T[Member] };

/** A system as the reference fold changes it. */
export type ReferenceSystem = Mutable<SystemRow>;

/** The partition as the reference fold changes it, and what the record under way has brought about so far. */
export interface ReferencePartition extends Omit<Mutable<PartitionState>, 'listeners' | 'ledger'> {
  readonly number: number;
  readonly listeners: Map<string, Mutable<Listener>>;
  readonly ledger: Mutable<Outage>[];
  readonly systems: Map<string, ReferenceSystem>;
  transitions: Transition[];
  events: PartitionEvent[];
  ignored: IgnoredReason | null;
}

/** What a fold continues from. */
export interface StoredPartition {
  readonly state: PartitionState;
  readonly systems: Iterable<SystemRow>;
}

/** A partition before its first record. */
export const EMPTY_PARTITION: StoredPartition = {
  state: {
    position: -1,
    now: 0,
    proven: 0,
    openSince: 0,
    open: 0,
    lastKnock: 0,
    hold: 'none',
    holdOpenedAt: null,
    holdClosedAt: null,
    listeners: [],
    ledger: [],
  },
  systems: [],
};

/** A copy that may be changed. */
export const openPartition = (number: number, stored: StoredPartition): ReferencePartition => {
  const { listeners, ledger, ...state } = stored.state;
  return {
    ...state,
    number,
    listeners: new Map(listeners.map((listener) => [listener.ingest, { ...listener }])),
    ledger: ledger.map((outage) => ({ ...outage })),
    systems: new Map(Array.from(stored.systems, (row) => [row.systemId, { ...row }])),
    transitions: [],
    events: [],
    ignored: null,
  };
};

/** What the record folded last brought about. */
export const effectsOf = (p: ReferencePartition): FoldEffects => ({
  transitions: p.transitions,
  events: p.events,
  ignored: p.ignored,
});

/** The partition as plain data that no later record changes. */
export const stateOf = (p: ReferencePartition): PartitionState => ({
  position: p.position,
  now: p.now,
  proven: p.proven,
  openSince: p.openSince,
  open: p.open,
  lastKnock: p.lastKnock,
  hold: p.hold,
  holdOpenedAt: p.holdOpenedAt,
  holdClosedAt: p.holdClosedAt,
  listeners: Array.from(p.listeners.values(), (listener) => ({ ...listener })),
  ledger: p.ledger.map((outage) => ({ ...outage })),
});

/** Every system known as plain data that no later record changes. */
export const rowsOf = (p: ReferencePartition): readonly SystemRow[] =>
  Array.from(p.systems.values(), (s) => ({ ...s }));

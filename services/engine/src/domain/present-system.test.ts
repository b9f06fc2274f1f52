import { describe, expect, it } from 'vitest';
import { type PartitionState, type SystemRow, toIso, type VerdictDocument } from '@earshot/contracts';
import { type FreshSystem, presentSystem } from './present-system.ts';
import type { KnownSystem } from './system-query.ts';

const AT = 1_750_000_000_000;
const VERDICT: VerdictDocument = {
  last_seen: toIso(AT - 100),
  since: toIso(AT - 100),
  ttl_seconds: 1_500,
  proven: toIso(AT),
  decided_at: toIso(AT),
  rule: 'contiguous',
  open_seconds: 1_500,
  open_since: toIso(AT - 9_000),
  outages: [],
  held_seconds: 0,
};

const known = (members: Partial<KnownSystem> = {}): KnownSystem => ({
  number: 1,
  systemId: 'a',
  fleet: 'default',
  name: 'pump',
  tags: ['site:rome'],
  intervalMs: 600_000,
  ttlMs: 1_500_000,
  state: 'online',
  retired: false,
  paused: false,
  pausedUntil: null,
  stateSince: AT - 5_000,
  lastSeen: AT - 4_000,
  offlineAt: AT + 1_496_000,
  registration: 3,
  sequence: 5,
  revision: 3,
  verdict: null,
  ...members,
});

const fresh = (
  row: Partial<SystemRow> = {},
  partition: Partial<PartitionState> = {},
  silent: Partial<FreshSystem> = {},
): FreshSystem => ({
  row: {
    systemId: 'a',
    fleet: 'default',
    ttlMs: 1_500_000,
    ttlRevision: 3,
    revision: 3,
    registration: 3,
    state: 'online',
    paused: false,
    retiredAt: null,
    lastSeen: AT - 1_000,
    since: AT - 1_000,
    openAt: 0,
    sequence: 5,
    mutedTo: -1,
    credential: '',
    ...row,
  },
  partition: {
    position: 1,
    now: AT,
    proven: AT,
    openSince: AT - 60_000,
    open: 60_000,
    lastKnock: AT,
    hold: 'none',
    holdOpenedAt: null,
    holdClosedAt: null,
    listeners: [],
    ledger: [],
    ...partition,
  },
  late: false,
  held: false,
  ...silent,
});

describe('presentSystem', () => {
  it('has the members of the published shape, in that order first', () => {
    expect(Object.keys(presentSystem(known(), null)).slice(0, 9)).toEqual([
      'system_id',
      'name',
      'fleet',
      'tags',
      'interval_seconds',
      'ttl_seconds',
      'state',
      'late',
      'held',
    ]);
  });

  it('shows an online system as the projection has it now, due a ttl after it was heard', () => {
    expect(presentSystem(known(), fresh({}, {}, { late: true }))).toMatchObject({
      state: 'online',
      last_seen: toIso(AT - 1_000),
      state_since: toIso(AT - 5_000),
      offline_at: toIso(AT - 1_000 + 1_500_000),
      late: true,
      verdict: null,
    });
  });

  it('is not due before its partition has been open for a ttl', () => {
    expect(presentSystem(known(), fresh({}, { openSince: AT - 10 })).offline_at).toBe(toIso(AT - 10 + 1_500_000));
  });

  it('shows what was known last while the projection cannot be read', () => {
    expect(presentSystem(known(), null)).toMatchObject({
      state: 'online',
      last_seen: toIso(AT - 4_000),
      offline_at: toIso(AT + 1_496_000),
      late: false,
    });
  });

  it('G11 shows an offline system with its verdict, and when it was due', () => {
    const offline = known({ state: 'offline', verdict: VERDICT, offlineAt: AT - 50 });
    expect(presentSystem(offline, fresh({ state: 'offline' }))).toMatchObject({
      state: 'offline',
      verdict: VERDICT,
      offline_at: toIso(AT - 50),
    });
  });

  it('G10 shows the projection\u2019s state where it is ahead, and no time or verdict of another state with it', () => {
    const offline = known({ state: 'offline', verdict: VERDICT, offlineAt: AT - 50 });
    expect(presentSystem(offline, fresh({ state: 'online', sequence: 6 }))).toMatchObject({
      state: 'online',
      state_since: null,
      verdict: null,
      offline_at: toIso(AT - 1_000 + 1_500_000),
    });
    expect(presentSystem(known(), fresh({ state: 'offline', sequence: 6 }))).toMatchObject({
      state: 'offline',
      state_since: null,
      verdict: null,
      offline_at: null,
    });
    expect(presentSystem(offline, fresh({ state: 'online', registration: 4, sequence: 1 })).state).toBe('online');
  });

  it('takes nothing from a row of an earlier registration, or of a system that is retired there', () => {
    const again = known({
      state: 'unseen',
      registration: 9,
      sequence: 0,
      lastSeen: null,
      stateSince: null,
      offlineAt: null,
    });
    expect(presentSystem(again, fresh())).toMatchObject({ state: 'unseen', last_seen: null, offline_at: null });
    expect(presentSystem(known(), fresh({ retiredAt: AT })).last_seen).toBe(toIso(AT - 4_000));
  });

  it('has no deadline while paused or unseen', () => {
    expect(presentSystem(known({ paused: true }), fresh({ paused: true })).offline_at).toBeNull();
    expect(presentSystem(known({ state: 'unseen', sequence: 0 }), null).offline_at).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { acceptHeartbeat, type HeartbeatFacts } from './accept-heartbeat.ts';
import type { KnownFleet, KnownSystem, Sender } from './known-sender.ts';

const system = (changes: Partial<KnownSystem> = {}): KnownSystem => ({
  systemId: 'sys',
  fleet: 'rome',
  ttlMs: 90_000,
  revision: 7,
  retired: false,
  hasOwnCredentials: false,
  ...changes,
});
const fleet = (changes: Partial<KnownFleet> = {}): KnownFleet => ({
  name: 'rome',
  ttlMs: 1_500_000,
  revision: 3,
  autoRegister: true,
  systemsMax: 10,
  coversOwn: false,
  systems: 4,
  ...changes,
});
const bySystem = (own: KnownSystem): Sender => ({
  username: own.systemId,
  owner: { kind: 'system', system: own },
  credential: 'cred',
});
const byFleet = (of: KnownFleet): Sender => ({
  username: of.name,
  owner: { kind: 'fleet', fleet: of },
  credential: 'cred',
});
const facts = (changes: Partial<HeartbeatFacts>): HeartbeatFacts => ({
  sender: byFleet(fleet()),
  systemId: 'sys',
  system: null,
  currency: 'current',
  newcomers: 0,
  ...changes,
});

const OF_SYSTEM = { type: 'heartbeat', ttl_ms: 90_000, revision: 7, fleet: 'rome', credential: 'cred' };
const OF_FLEET = { type: 'heartbeat', ttl_ms: 1_500_000, revision: 3, fleet: 'rome', credential: 'cred' };

describe('acceptHeartbeat', () => {
  const own = system({ hasOwnCredentials: true });
  const accepted: readonly [string, Partial<HeartbeatFacts>, object, boolean][] = [
    ['a system sends for itself', { sender: bySystem(own), system: own }, OF_SYSTEM, false],
    ['a fleet sends for its system', { system: system() }, OF_SYSTEM, false],
    ['covers_own', { sender: byFleet(fleet({ coversOwn: true })), system: own }, OF_SYSTEM, false],
    ['an unknown system', {}, OF_FLEET, true],
    ['the last that fits', { newcomers: 5 }, OF_FLEET, true],
    [
      'a registered system of a full fleet',
      { sender: byFleet(fleet({ systems: 10 })), system: system() },
      OF_SYSTEM,
      false,
    ],
    [
      'a registered system of a closed fleet',
      { sender: byFleet(fleet({ autoRegister: false })), system: system() },
      OF_SYSTEM,
      false,
    ],
  ];
  it.each(accepted)('V1 accepts with the settings in force: %s', (_, changes, record, isNewcomer) => {
    for (const currency of ['current', 'ageing'] as const) {
      const acceptance = acceptHeartbeat(facts({ ...changes, currency }));
      expect(acceptance).toMatchObject({ record });
      expect('newcomerOf' in acceptance && acceptance.newcomerOf !== null).toBe(isNewcomer);
    }
  });

  const refused: readonly [string, Partial<HeartbeatFacts>][] = [
    ['a system for another', { sender: bySystem(own), systemId: 'other' }],
    ['a retired system for itself', { sender: bySystem(system({ retired: true, hasOwnCredentials: true })) }],
    ['a fleet for a retired system', { system: system({ retired: true }) }],
    ['a fleet for a system of another', { system: system({ fleet: 'oslo' }) }],
    ['a fleet for a system with its own secret', { system: own }],
    [
      'covers_own of another fleet',
      { sender: byFleet(fleet({ coversOwn: true })), system: system({ ...own, fleet: 'oslo' }) },
    ],
    ['an unknown system in a closed fleet', { sender: byFleet(fleet({ autoRegister: false })) }],
    ['an unknown system in a full fleet', { sender: byFleet(fleet({ systems: 10 })) }],
    ['a fleet filled up by newcomers', { newcomers: 6 }],
  ];
  it.each(refused)('G4 forbids while the table is current, and leaves it undecided otherwise: %s', (_, changes) => {
    expect(acceptHeartbeat(facts(changes))).toEqual({ refusal: 'forbidden' });
    expect(acceptHeartbeat(facts({ ...changes, currency: 'ageing' }))).toEqual({ refusal: 'undecided' });
  });
});

import type { SystemRow } from '@earshot/contracts';
import { describe, expect, it } from 'vitest';
import { type EnteredSettings, isUntold } from './entered-settings.ts';

const TTL = 1_500_000;
const entered = (members: Partial<EnteredSettings> = {}): EnteredSettings => ({
  systemId: 'a',
  ttlMs: TTL,
  paused: false,
  retired: false,
  revision: 7,
  ...members,
});
const row = (members: Partial<SystemRow> = {}): SystemRow => ({
  systemId: 'a',
  fleet: 'default',
  ttlMs: TTL,
  ttlRevision: 7,
  revision: 7,
  registration: 1,
  state: 'online',
  paused: false,
  retiredAt: null,
  lastSeen: 0,
  since: 0,
  openAt: 0,
  sequence: 1,
  mutedTo: -1,
  credential: '',
  ...members,
});
const RETIRED: Partial<SystemRow> = { retiredAt: 5 };

describe('isUntold', () => {
  it.each<[string, Partial<EnteredSettings>, Partial<SystemRow> | null, boolean]>([
    ['what is known is not untold', {}, {}, false],
    ['a pause', { paused: true }, { revision: 6 }, true],
    ['a pause that a heartbeat of the same revision overtook', { paused: true }, {}, true],
    ['the end of a pause', {}, { paused: true, revision: 6 }, true],
    ['a retirement', { retired: true }, { revision: 6 }, true],
    ['a new registration of a retired system', {}, { ...RETIRED, revision: 6 }, true],
    ['another ttl', { ttlMs: 2 * TTL }, { revision: 6, ttlRevision: 6 }, true],
    ['a ttl that rests on a newer entry is not untold', { ttlMs: 2 * TTL }, { ttlRevision: 8 }, false],
    ['nothing of an older entry is untold', { paused: true, retired: true, ttlMs: 1 }, { revision: 8 }, false],
    ['settings of a retired system that is known as retired are not', { retired: true, ttlMs: 1 }, RETIRED, false],
    ['a pause of a system that the partition does not have', { paused: true }, null, true],
    ['a retirement of a system that the partition has forgotten is not untold', { retired: true }, null, false],
    ['a system that the partition does not have yet is not untold', {}, null, false],
  ])('G1 %s', (_what, entry, found, untold) => {
    expect(isUntold(entered(entry), found === null ? null : row(found))).toBe(untold);
  });
});

import { describe, expect, it } from 'vitest';
import { CREDENTIALS_MAX, decideAddCredential, decideRevokeCredential } from './decide-credentials.ts';
import type { CredentialOwnerName } from './registry-change.ts';
import { credentialEntry, fleetEntry, lookupOf, NOW, systemEntry } from './testing/entries.ts';
import { decidedOf, inAWord } from './testing/reason.ts';

const [one, two] = [credentialEntry('one'), credentialEntry('two')];
const full = Array.from({ length: CREDENTIALS_MAX }, (_, index) => credentialEntry(`${index}`));
const system = (systemId: string): CredentialOwnerName => ({ kind: 'system', systemId });
const fleet = (name: string): CredentialOwnerName => ({ kind: 'fleet', name });

const entries = lookupOf(
  systemEntry('a', { credentials: [one] }),
  fleetEntry('lifts', { credentials: [one] }),
  systemEntry('gone', { retired: true }),
  systemEntry('full', { credentials: full }),
  systemEntry('lifts'),
  fleetEntry('a'),
  systemEntry('almost', { credentials: full.slice(1) }),
);

describe('decideAddCredential', () => {
  const add = (owner: CredentialOwnerName, credential = two) =>
    decideAddCredential(entries, { owner, credential, now: NOW + 1 });

  it('adds one beside those that are live, and tells nobody else', () => {
    expect(decidedOf(add(system('a')))).toEqual({
      action: 'credential_added',
      key: 'system/a',
      entry: systemEntry('a', { credentials: [one, two], changed_at: NOW + 1 }),
      standsAt: null,
      notice: null,
    });
    expect(decidedOf(add(fleet('lifts')))).toMatchObject({ key: 'fleet/lifts', entry: { credentials: [one, two] } });
  });

  it.each([
    ['the tenth', add(system('almost')), 'done'],
    ['an eleventh', add(system('full')), 'credentials too_many'],
    ['one for a system whose name a fleet sends under', add(system('lifts')), 'already_exists'],
    ['one for a fleet whose name a system sends under', add(fleet('a')), 'already_exists'],
    ['one for nobody', add(system('nobody')), 'not_found'],
    ['one for no fleet', add(fleet('gone')), 'not_found'],
    ['one for a retired system', add(system('gone')), 'not_found'],
    ['one whose id is taken', add(system('a'), one), 'unavailable'],
  ])('%s', (_what, decision, expected) => {
    expect(inAWord(decision)).toBe(expected);
  });
});

describe('decideRevokeCredential', () => {
  const revoke = (owner: CredentialOwnerName, credentialId: string) =>
    decideRevokeCredential(entries, { owner, credentialId, now: NOW + 1 });

  it('H24 takes this one and leaves the others', () => {
    expect(decidedOf(revoke(system('full'), '3'))).toMatchObject({
      action: 'credential_revoked',
      entry: { credentials: full.filter(({ id }) => id !== '3'), changed_at: NOW + 1 },
      standsAt: null,
      notice: null,
    });
  });

  it('takes the last one too: nobody sends under that name then', () => {
    expect(decidedOf(revoke(fleet('lifts'), 'one')).entry.credentials).toEqual([]);
  });

  it.each([
    [revoke(system('a'), 'two')],
    [revoke(system('nobody'), 'one')],
    [revoke(system('gone'), 'one')],
    [revoke(fleet('a'), 'one')],
  ])('%# finds nothing to revoke', (decision) => {
    expect(inAWord(decision)).toBe('not_found');
  });
});

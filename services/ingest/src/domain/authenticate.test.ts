import { describe, expect, it } from 'vitest';
import { authenticate } from './authenticate.ts';
import type { KnownOwner, TableCurrency } from './known-sender.ts';

const owner: KnownOwner = {
  kind: 'system',
  system: { systemId: 's', fleet: 'f', ttlMs: 1, revision: 1, retired: false, hasOwnCredentials: true },
};
const sender = { username: 's', owner, credential: 'c' };
const unauthenticated = { refusal: 'unauthenticated' };
const undecided = { refusal: 'undecided' };

describe('authenticate', () => {
  const cases: readonly [TableCurrency, KnownOwner | null, string | null, object][] = [
    ['current', owner, 'c', { sender }],
    ['current', owner, null, unauthenticated],
    ['current', null, null, unauthenticated],
    ['ageing', owner, 'c', { sender }],
    ['ageing', owner, null, undecided],
    ['ageing', null, null, undecided],
    ['unknown', owner, 'c', undecided],
    ['unknown', owner, null, undecided],
    ['unknown', null, null, undecided],
  ];
  it.each(cases)('G4 table %s, owner %j, credential %j: %j', (currency, known, credential, expected) => {
    expect(authenticate({ username: 's', owner: known, credential, currency })).toEqual(expected);
  });
});

import { describe, expect, it } from 'vitest';
import { LivenessStoreError } from '../port/index.ts';
import { isFromReplica, isUnknownScript, toStoreError } from './redis-errors.ts';

const refusal = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });

describe('errors of Redis', () => {
  it.each([
    "OOM command not allowed when used memory > 'maxmemory'.",
    'LOADING Redis is loading the dataset in memory',
    'BUSY Redis is busy running a script.',
    "READONLY You can't write against a read only replica.",
    'MISCONF Redis is configured to save RDB snapshots, but it is unable to persist to disk.',
    'NOREPLICAS Not enough good replicas to write.',
    'MASTERDOWN Link with MASTER is down',
    'CLUSTERDOWN The cluster is down',
    'MOVED 3999 127.0.0.1:6381',
    'ASK 3999 127.0.0.1:6381',
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'ERR max number of clients reached',
  ])('what may pass is unavailable: %s', (message) => {
    const error = refusal(message);
    expect(toStoreError(error)).toMatchObject({ code: 'EARSHOT_STORE_UNAVAILABLE', cause: error });
  });

  it.each([
    'NOAUTH Authentication required.',
    'WRONGPASS invalid username-password pair or user is disabled.',
    'NOPERM this user has no permissions to run the evalsha command',
  ])('not being let in is misconfigured: %s', (message) => {
    expect(toStoreError(refusal(message))).toMatchObject({ code: 'EARSHOT_STORE_MISCONFIGURED' });
  });

  it('a key that is not ours is corrupt', () => {
    expect(toStoreError(refusal('WRONGTYPE Operation against a key'))).toMatchObject({ code: 'EARSHOT_STORE_CORRUPT' });
  });

  it('no answer is unavailable', () => {
    for (const message of ['Command timed out', 'Connection is closed.', 'connect ECONNREFUSED 127.0.0.1:1']) {
      expect(toStoreError(new Error(message))).toMatchObject({ code: 'EARSHOT_STORE_UNAVAILABLE' });
    }
  });

  it('what can only be our own fault comes back as it is', () => {
    const faults = [refusal('ERR unknown command'), new TypeError('x'), new RangeError('x')];
    for (const fault of faults) expect(toStoreError(fault)).toBe(fault);
    const coded = new LivenessStoreError('EARSHOT_STORE_CLOSED', 'closed');
    expect(toStoreError(coded)).toBe(coded);
  });

  it('a script that is not known and a server that became a replica are told apart', () => {
    expect(isUnknownScript(refusal('NOSCRIPT No matching script.'))).toBe(true);
    expect(isUnknownScript(refusal('OOM'))).toBe(false);
    expect(isFromReplica(refusal("READONLY You can't write"))).toBe(true);
    expect(isFromReplica(refusal('OOM'))).toBe(false);
  });
});
